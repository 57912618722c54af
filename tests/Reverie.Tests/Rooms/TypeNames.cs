using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Reverie.Tests.Rooms;

/// <summary>The named types of a signature, each as <c>Namespace.Outermost</c>; what is nested counts as what it is nested
/// in. Arrays, pointers, tuples and generic arguments are taken apart.</summary>
internal sealed class TypeNames : ISignatureTypeProvider<ImmutableArray<TypeName>, object?>
{
    private static readonly ImmutableArray<TypeName> None = [];

    /// <summary>A type that is defined in the assembly.</summary>
    public static TypeName Of(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        while (type.GetDeclaringType() is { IsNil: false } outer)
            type = reader.GetTypeDefinition(outer);
        return new TypeName(reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    /// <summary>A type of another assembly.</summary>
    public static TypeName Of(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        while (type.ResolutionScope is { Kind: HandleKind.TypeReference } outer)
            type = reader.GetTypeReference((TypeReferenceHandle)outer);
        return new TypeName(reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    /// <summary>All types in any handle of a type.</summary>
    public ImmutableArray<TypeName> Of(MetadataReader reader, EntityHandle handle) => handle.Kind switch
    {
        _ when handle.IsNil => None,
        HandleKind.TypeDefinition => [Of(reader, (TypeDefinitionHandle)handle)],
        HandleKind.TypeReference => [Of(reader, (TypeReferenceHandle)handle)],
        HandleKind.TypeSpecification =>
            reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null),
        _ => None,
    };

    /// <summary>All types of a method's signature.</summary>
    public static IEnumerable<TypeName> Of(MethodSignature<ImmutableArray<TypeName>> signature) =>
        signature.ReturnType.Concat(signature.ParameterTypes.SelectMany(one => one));

    public ImmutableArray<TypeName> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte kind) =>
        [Of(reader, handle)];

    public ImmutableArray<TypeName> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte kind) =>
        [Of(reader, handle)];

    public ImmutableArray<TypeName> GetTypeFromSpecification(
        MetadataReader reader, object? context, TypeSpecificationHandle handle, byte kind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, context);

    public ImmutableArray<TypeName> GetGenericInstantiation(
        ImmutableArray<TypeName> generic, ImmutableArray<ImmutableArray<TypeName>> arguments) =>
        [.. generic, .. arguments.SelectMany(one => one)];

    public ImmutableArray<TypeName> GetFunctionPointerType(MethodSignature<ImmutableArray<TypeName>> signature) =>
        [.. Of(signature)];

    public ImmutableArray<TypeName> GetModifiedType(
        ImmutableArray<TypeName> modifier, ImmutableArray<TypeName> unmodified, bool isRequired) =>
        [.. modifier, .. unmodified];

    public ImmutableArray<TypeName> GetArrayType(ImmutableArray<TypeName> element, ArrayShape shape) => element;

    public ImmutableArray<TypeName> GetByReferenceType(ImmutableArray<TypeName> element) => element;

    public ImmutableArray<TypeName> GetPinnedType(ImmutableArray<TypeName> element) => element;

    public ImmutableArray<TypeName> GetPointerType(ImmutableArray<TypeName> element) => element;

    public ImmutableArray<TypeName> GetSZArrayType(ImmutableArray<TypeName> element) => element;

    public ImmutableArray<TypeName> GetGenericMethodParameter(object? context, int index) => None;

    public ImmutableArray<TypeName> GetGenericTypeParameter(object? context, int index) => None;

    public ImmutableArray<TypeName> GetPrimitiveType(PrimitiveTypeCode code) => None;
}
