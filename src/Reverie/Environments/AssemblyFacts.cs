using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Versioning;
using Reverie.Torch.IO;

namespace Reverie.Environments;

/// <summary>What an assembly says of itself before it is loaded.</summary>
/// <param name="Path">The file.</param>
/// <param name="Framework">As its compiler wrote it, <c>.NETCoreApp,Version=v10.0</c>; null where it does not
/// say.</param>
/// <param name="Reverie">The version of Reverie it was built against; null where it uses none.</param>
internal sealed record AssemblyFacts(string Path, FrameworkName? Framework, Version? Reverie)
{
    /// <summary>Bytes that a class library may have.</summary>
    internal const long LargestFile = 1L << 30;

    private const string Core = ".NETCoreApp", Standard = ".NETStandard";

    /// <summary>Reads them.</summary>
    /// <exception cref="EnvironmentException">The file is no .NET assembly, or cannot be read.</exception>
    public static AssemblyFacts Of(string path)
    {
        try
        {
            using var file = new PEReader(RegularFile.OpenRead(path, LargestFile));
            if (file.HasMetadata && file.GetMetadataReader() is { IsAssembly: true } metadata)
                return new(path, FrameworkOf(metadata), ReverieOf(metadata));
        }
        catch (BadImageFormatException)
        {
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentException($"{path}: cannot be read: {error.Message}", error);
        }
        throw new EnvironmentException($"{path}: this is no .NET assembly; name the DLL that `dotnet build` made of a "
            + "class library");
    }

    /// <summary>Refuses what could not run here.</summary>
    /// <exception cref="EnvironmentException">It is for another framework or another Reverie.</exception>
    public void DemandUsable()
    {
        var here = new Version(Environment.Version.Major, Environment.Version.Minor);
        if (Framework is { } made && (made.Identifier is not (Core or Standard)
            || (made.Identifier == Core && made.Version > here)))
            throw new EnvironmentException($"{Path}: it is built for {made.Identifier} {made.Version}, and this program "
                + $"runs on .NET {here}; set <TargetFramework>net{here}</TargetFramework> and build it again");
        if (Reverie is null)
            throw new EnvironmentException($"{Path}: it does not use Reverie, so there is no environment and no part of "
                + "an agent in it; reference Reverie and implement IEnvironment");
        var own = typeof(AssemblyFacts).Assembly.GetName().Version!;
        if ((Reverie.Major, Reverie.Minor) != (own.Major, own.Minor))
            throw new EnvironmentException($"{Path}: it is built against Reverie {Reverie.ToString(3)}, and this is "
                + $"{own.ToString(3)}; build it again against this one");
    }

    private static FrameworkName? FrameworkOf(MetadataReader metadata)
    {
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind != HandleKind.MemberReference) continue;
            var parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
            if (parent.Kind != HandleKind.TypeReference || !metadata.StringComparer.Equals(
                metadata.GetTypeReference((TypeReferenceHandle)parent).Name, nameof(TargetFrameworkAttribute)))
                continue;
            var value = metadata.GetBlobReader(attribute.Value);
            value.ReadUInt16();     // every attribute's value begins with the number 1
            return value.ReadSerializedString() is { Length: > 0 } name ? new FrameworkName(name) : null;
        }
        return null;
    }

    private static Version? ReverieOf(MetadataReader metadata) => metadata.AssemblyReferences
        .Select(metadata.GetAssemblyReference)
        .Where(reference => metadata.StringComparer.Equals(reference.Name, nameof(Reverie)))
        .Select(reference => reference.Version).FirstOrDefault();
}
