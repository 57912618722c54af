using System.Reflection;
using System.Runtime.Loader;

namespace Reverie.Environments;

/// <summary>
/// Keeps somebody's assembly and what it brings along apart from this program's, so that both may use different
/// versions of a package. Reverie's own assemblies and the framework's are this program's, since they meet there.
/// </summary>
internal sealed class EnvironmentLoadContext(string path) : AssemblyLoadContext(path)
{
    private static readonly string[] Shared = ["Reverie", "Reverie.Torch", "Reverie.Environments"];
    private readonly AssemblyDependencyResolver resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        !Shared.Contains(assemblyName.Name) && resolver.ResolveAssemblyToPath(assemblyName) is { } found
            ? LoadFromAssemblyPath(found)
            : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
}
