using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Reverie.Tests.Rooms;

/// <summary>What the namespaces of a compiled assembly know of others: bases, interfaces, attributes, constraints, fields,
/// signatures, local variables, what instructions name. What a tool has generated is not asked; what the compiler makes of
/// lambdas and iterators counts as the type that they stand in. Constants leave no trace in an assembly.</summary>
internal sealed class AssemblyReferences : IDisposable
{
    private readonly FileStream file;
    private readonly PEReader assembly;
    private readonly MetadataReader reader;
    private readonly TypeNames names = new();

    /// <summary>Opens it.</summary>
    public AssemblyReferences(string path)
    {
        file = File.OpenRead(path);
        assembly = new PEReader(file);
        reader = assembly.GetMetadataReader();
    }

    /// <summary>All that lead from a namespace to another one.</summary>
    public IEnumerable<Reference> All() =>
        from handle in reader.TypeDefinitions
        where !IsGenerated(handle)
        let owner = TypeNames.Of(reader, handle)
        from use in Uses(handle)
        where use.Known.Namespace != owner.Namespace
        select new Reference(owner.Namespace, use.Known.Namespace, $"{owner.Name}{use.Member}", use.Known.Name);

    /// <inheritdoc/>
    public void Dispose()
    {
        assembly.Dispose();
        file.Dispose();
    }

    private IEnumerable<(string Member, TypeName Known)> Uses(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var whole = names.Of(reader, type.BaseType)
            .Concat(type.GetInterfaceImplementations()
                .SelectMany(one => names.Of(reader, reader.GetInterfaceImplementation(one).Interface)))
            .Concat(Constraints(type.GetGenericParameters())).Concat(Attributes(type.GetCustomAttributes()));
        foreach (var known in whole)
            yield return ("", known);
        foreach (var field in type.GetFields().Select(reader.GetFieldDefinition))
            foreach (var known in field.DecodeSignature(names, null).Concat(Attributes(field.GetCustomAttributes())))
                yield return ($".{reader.GetString(field.Name)}", known);
        foreach (var property in type.GetProperties().Select(reader.GetPropertyDefinition))
            foreach (var known in Attributes(property.GetCustomAttributes()))
                yield return ($".{reader.GetString(property.Name)}", known);
        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
            if (!IsGenerated(method.GetCustomAttributes()))
                foreach (var known in Of(method))
                    yield return ($".{Written(type, reader.GetString(method.Name))}", known);
    }

    // As it stands in the source: the compiler names what it makes of lambdas and iterators after the method, in <>.
    private string Written(TypeDefinition type, string method)
    {
        var name = reader.GetString(type.Name) is ['<', not '>', ..] iterator ? iterator : method;
        return name is ['<', not '>', ..] ? name[1..name.IndexOf('>')] : method;
    }

    private IEnumerable<TypeName> Of(MethodDefinition method)
    {
        var told = TypeNames.Of(method.DecodeSignature(names, null)).Concat(Constraints(method.GetGenericParameters()))
            .Concat(Attributes(method.GetCustomAttributes()));
        return method.RelativeVirtualAddress == 0 ? told
            : told.Concat(Of(assembly.GetMethodBody(method.RelativeVirtualAddress)));
    }

    private IEnumerable<TypeName> Of(MethodBodyBlock body)
    {
        var locals = body.LocalSignature.IsNil ? []
            : reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null);
        return locals.SelectMany(one => one)
            .Concat(body.ExceptionRegions.SelectMany(one => names.Of(reader, one.CatchType)))
            .Concat(Instructions.Of(body.GetILBytes()!).SelectMany(Of));
    }

    // A member is known by whom it belongs to and what generics are filled with; its own signature is its owner's affair.
    private IEnumerable<TypeName> Of(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MethodSpecification:
                var filled = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                return filled.DecodeSignature(names, null).SelectMany(one => one).Concat(Of(filled.Method));
            case HandleKind.MemberReference:
                return Of(reader.GetMemberReference((MemberReferenceHandle)handle).Parent);
            case HandleKind.MethodDefinition:
                return Of(reader.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
            case HandleKind.FieldDefinition:
                return Of(reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
            default:
                return names.Of(reader, handle);
        }
    }

    private IEnumerable<TypeName> Constraints(GenericParameterHandleCollection parameters) =>
        parameters.SelectMany(one => reader.GetGenericParameter(one).GetConstraints())
            .SelectMany(one => names.Of(reader, reader.GetGenericParameterConstraint(one).Type));

    private IEnumerable<TypeName> Attributes(CustomAttributeHandleCollection attributes) =>
        attributes.SelectMany(one => Of(reader.GetCustomAttribute(one).Constructor));

    private bool IsGenerated(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return IsGenerated(type.GetCustomAttributes())
            || type.GetDeclaringType() is { IsNil: false } outer && IsGenerated(outer);
    }

    private bool IsGenerated(CustomAttributeHandleCollection attributes) =>
        Attributes(attributes).Any(one => one.Name == "GeneratedCodeAttribute");
}
