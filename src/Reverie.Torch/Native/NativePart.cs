using System.Runtime.InteropServices;

namespace Reverie.Torch.Native;

/// <summary>One library of the native part. It is loaded when the first of its functions is called, from any thread.
/// </summary>
/// <param name="name">The short name, which <c>LibraryImport</c> uses (<c>reverie_torch</c>).</param>
/// <param name="versionFunction">Its function that tells which version of its interface it speaks.</param>
/// <param name="version">The version that its callers speak.</param>
public sealed class NativePart(string name, string versionFunction, int version)
{
    private const string Remedy = "build it anew with ./reverie doctor (of a package: from its folder native)";
    private readonly Lock opening = new();
    private nint handle;

    /// <summary>The short name.</summary>
    public string Name => name;

    /// <summary>Done before it is loaded, such as setting variables that it reads then.</summary>
    public Action? BeforeLoading { get; init; }

    /// <summary>Done once it is loaded and its version is right, with its handle.</summary>
    public Action<nint>? Loaded { get; init; }

    /// <summary>The reason that its functions keep where they fail, on the thread that called them.</summary>
    public Func<string>? Reason { get; init; }

    /// <summary>Turns the return value 0 of one of its functions into its error.</summary>
    /// <exception cref="NativeException">It is 0.</exception>
    public void Ensure(int succeeded)
    {
        if (succeeded == 0) throw Failure();
    }

    /// <summary>A pointer that one of its functions returned, where it is none its error.</summary>
    /// <exception cref="NativeException">It is 0.</exception>
    public nint Valid(nint handle) => handle != 0 ? handle : throw Failure();

    /// <summary>Its handle, loaded where it is not yet.</summary>
    /// <exception cref="NativeException">It is missing, what it calls is missing, or it has another version; the next call
    /// tries again.</exception>
    internal unsafe nint Open()
    {
        lock (opening)
        {
            if (handle != 0) return handle;
            var path = NativeLibraries.Find(name) ?? throw new NativeException($"the native part lib{name}.so was not found; "
                + $"{Remedy}, or point {NativeLibraries.Variable} at its folder");
            BeforeLoading?.Invoke();
            try
            {
                var library = NativeLibrary.Load(path);
                var found = ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, versionFunction))();
                if (found != version)
                    throw new NativeException($"{path} has version {found} where {version} is needed; {Remedy}");
                Loaded?.Invoke(library);
                return handle = library;
            }
            catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException
                or EntryPointNotFoundException)
            {
                throw new NativeException($"{path} cannot be loaded: {Cause(fault)}; install what is missing "
                    + $"(docs/install.md), or {Remedy}", fault);
            }
        }
    }

    private NativeException Failure() => new(Reason?.Invoke() ?? $"{name} failed");

    // .NET begins with advice on how to look for the reason, which the system's own words at the end are.
    private static string Cause(Exception fault) =>
        fault.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1].TrimEnd('.');
}
