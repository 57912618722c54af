using System.Runtime.InteropServices;
using Reverie.Torch.Native;

namespace Reverie.Environments.Mujoco;

/// <summary>The C functions of <c>native/mujoco_*.c</c>.</summary>
internal static unsafe partial class MujocoBinding
{
    private const string Library = "reverie_mujoco";
    private const int Abi = 5;

    // One at a time: compiling a model draws its random textures from a generator of the whole process, and contexts
    // share what OpenGL loads once.
    private static readonly Lock Making = new();

    private static readonly NativePart Part;

    static MujocoBinding() => Part = NativeLibraries.Register(typeof(MujocoBinding).Assembly,
        new NativePart(Library, "rm_abi_version", Abi)
        {
            Reason = () => Marshal.PtrToStringUTF8(ErrorText()) ?? "MuJoCo failed",
        });

    /// <summary>Version of the library, 222 for 2.2.2.</summary>
    /// <exception cref="NativeException">The native part is missing or of another version.</exception>
    internal static int Version => LibraryVersion();

    /// <summary>Compiles MJCF text; the result is freed by <see cref="Free"/>.</summary>
    internal static nint Load(string xml)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(xml);
        lock (Making)
            fixed (byte* start = text)
                return Part.Valid(LoadText(start, text.Length));
    }

    /// <summary>The array called <paramref name="name"/>; it lives as long as the simulation.</summary>
    internal static Field FieldOf(nint simulation, Owner owner, string name)
    {
        FieldInfo info;
        Part.Ensure(FindField(simulation, (int)owner, name, &info));
        return new Field((nint)info.Pointer, (FieldKind)info.Kind, checked((int)info.Length));
    }

    /// <summary>The elements of a field, in place.</summary>
    internal static Span<T> Span<T>(Field field) where T : unmanaged => new((void*)field.Pointer, field.Length);

    /// <summary>Draws one picture, rows from top to bottom.</summary>
    internal static void Draw(nint renderer, int camera, Span<byte> rgb)
    {
        fixed (byte* start = rgb)
            Ensure(Render(renderer, camera, start));
    }

    /// <summary>Makes an off-screen renderer; freed by <see cref="FreeRenderer"/>.</summary>
    internal static nint NewRenderer(nint simulation, Quality quality)
    {
        lock (Making)
            return Part.Valid(MakeRenderer(simulation, &quality));
    }

    /// <summary>Opens this process's OpenGL.</summary>
    /// <exception cref="NativeException">It is missing, or this process uses another.</exception>
    internal static void OpenGl(OpenGlKind kind) => Ensure(MakeGl((int)kind));

    /// <summary>0: library, 1: vendor, 2: renderer, 3: version of the OpenGL that this process draws with.</summary>
    internal static string GlText(int which) => Marshal.PtrToStringUTF8(TextOfGl(which)) ?? "";

    /// <summary>Turns the return value 0 of a function of the binding into its error.</summary>
    internal static void Ensure(int succeeded) => Part.Ensure(succeeded);

    /// <summary>The last warning that MuJoCo gave on this thread.</summary>
    internal static string LastWarning() => Marshal.PtrToStringUTF8(WarningText()) ?? "";

    [LibraryImport(Library, EntryPoint = "rm_library_version")]
    private static partial int LibraryVersion();

    [LibraryImport(Library, EntryPoint = "rm_last_error")]
    private static partial nint ErrorText();

    [LibraryImport(Library, EntryPoint = "rm_last_warning")]
    private static partial nint WarningText();

    [LibraryImport(Library, EntryPoint = "rm_load")]
    private static partial nint LoadText(byte* xml, int length);

    [LibraryImport(Library, EntryPoint = "rm_free")]
    internal static partial void Free(nint simulation);

    [LibraryImport(Library, EntryPoint = "rm_reset")]
    internal static partial int Reset(nint simulation);

    [LibraryImport(Library, EntryPoint = "rm_forward")]
    internal static partial int Forward(nint simulation, int quiet);

    [LibraryImport(Library, EntryPoint = "rm_position")]
    internal static partial int Position(nint simulation);

    [LibraryImport(Library, EntryPoint = "rm_advance")]
    internal static partial int Advance(nint simulation, int count);

    [LibraryImport(Library, EntryPoint = "rm_warnings")]
    internal static partial int Warnings(nint simulation);

    [LibraryImport(Library, EntryPoint = "rm_field", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FindField(nint simulation, int owner, string name, FieldInfo* info);

    [LibraryImport(Library, EntryPoint = "rm_id", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Id(nint simulation, string type, string name);

    [LibraryImport(Library, EntryPoint = "rm_renderer_new")]
    private static partial nint MakeRenderer(nint simulation, Quality* quality);

    [LibraryImport(Library, EntryPoint = "rm_renderer_free")]
    internal static partial void FreeRenderer(nint renderer);

    [LibraryImport(Library, EntryPoint = "rm_render")]
    private static partial int Render(nint renderer, int camera, byte* rgb);

    [LibraryImport(Library, EntryPoint = "rm_gl_open")]
    private static partial int MakeGl(int kind);

    [LibraryImport(Library, EntryPoint = "rm_gl_text")]
    private static partial nint TextOfGl(int which);

    [StructLayout(LayoutKind.Sequential)]
    private struct FieldInfo
    {
        public void* Pointer;
        public int Kind;
        public long Length;
    }
}

/// <summary>Which struct a field is looked up in.</summary>
internal enum Owner { Model, Data, Option }

/// <summary>Element type of a field, as the binding numbers them.</summary>
internal enum FieldKind { Opaque, Double, Float, Int, Byte, Char, Int64 }

/// <summary>Where a field lies and how many elements it has.</summary>
internal readonly record struct Field(nint Pointer, FieldKind Kind, int Length);

/// <summary>What pictures are drawn with; the layout is that of the binding.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Quality
{
    public int Gl, Width, Height, Samples, ShadowSize, Slices, Stacks, Quads, Without;
    public float Coarseness;
}
