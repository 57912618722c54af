using System.Runtime.InteropServices;
using Reverie.Torch.Native;

namespace Reverie.Environments.Box2D;

/// <summary>The C functions of <c>native/box2d_binding.cpp</c>.</summary>
internal static unsafe partial class Box2DBinding
{
    private const string Library = "reverie_box2d";
    private const int Abi = 1;

    private static readonly NativePart Part;

    static Box2DBinding() => Part = NativeLibraries.Register(typeof(Box2DBinding).Assembly,
        new NativePart(Library, "rb_abi_version", Abi) { Reason = () => $"Box2D: {Marshal.PtrToStringUTF8(ErrorText())}" });

    /// <summary>Version of the library, 20401 for 2.4.1.</summary>
    /// <exception cref="NativeException">The native part is missing or of another version.</exception>
    internal static int Version => LibraryVersion();

    internal static nint NewWorld(float gravityX, float gravityY) => Part.Valid(MakeWorld(gravityX, gravityY));

    internal static nint NewBody(nint world, BodyType type, float x, float y, float angle, int tag) =>
        Part.Valid(MakeBody(world, (int)type, x, y, angle, tag));

    internal static nint NewRevolute(nint world, nint bodyA, nint bodyB, RevoluteDefinition definition) =>
        Part.Valid(MakeRevolute(world, bodyA, bodyB, &definition));

    internal static void AddPolygon(nint body, ReadOnlySpan<float> corners, FixtureDefinition definition)
    {
        fixed (float* start = corners)
            Ensure(MakePolygon(body, start, corners.Length / 2, &definition));
    }

    /// <summary>Writes x and y of the corners; returns how many there are.</summary>
    internal static int Corners(nint body, Span<float> corners)
    {
        fixed (float* start = corners)
        {
            var count = CornersOf(body, start);
            Ensure(count);
            return count;
        }
    }

    internal static Pose PoseOf(nint body)
    {
        Pose pose;
        ReadPose(body, &pose);
        return pose;
    }

    internal static Mass MassOf(nint body)
    {
        Mass mass;
        ReadMass(body, &mass);
        return mass;
    }

    /// <summary>The contacts that wait; valid until the world is touched again.</summary>
    internal static ReadOnlySpan<Contact> Contacts(nint world)
    {
        int count;
        var first = ReadContacts(world, &count);
        return new ReadOnlySpan<Contact>(first, count);
    }

    /// <summary>Turns the return value 0 of a function of the binding into its error.</summary>
    internal static void Ensure(int succeeded) => Part.Ensure(succeeded);

    [LibraryImport(Library, EntryPoint = "rb_library_version")]
    private static partial int LibraryVersion();

    [LibraryImport(Library, EntryPoint = "rb_last_error")]
    private static partial nint ErrorText();

    [LibraryImport(Library, EntryPoint = "rb_world_new")]
    private static partial nint MakeWorld(float gravityX, float gravityY);

    [LibraryImport(Library, EntryPoint = "rb_world_free")]
    internal static partial void FreeWorld(nint world);

    [LibraryImport(Library, EntryPoint = "rb_body_new")]
    private static partial nint MakeBody(nint world, int type, float x, float y, float angle, int tag);

    [LibraryImport(Library, EntryPoint = "rb_body_free")]
    internal static partial int FreeBody(nint world, nint body);

    [LibraryImport(Library, EntryPoint = "rb_polygon")]
    private static partial int MakePolygon(nint body, float* corners, int count, FixtureDefinition* how);

    [LibraryImport(Library, EntryPoint = "rb_corners")]
    private static partial int CornersOf(nint body, float* corners);

    [LibraryImport(Library, EntryPoint = "rb_revolute_new")]
    private static partial nint MakeRevolute(nint world, nint bodyA, nint bodyB, RevoluteDefinition* how);

    [LibraryImport(Library, EntryPoint = "rb_motor_speed")]
    internal static partial int MotorSpeed(nint joint, float speed);

    [LibraryImport(Library, EntryPoint = "rb_joint_angle")]
    internal static partial float JointAngle(nint joint);

    [LibraryImport(Library, EntryPoint = "rb_pose_of")]
    private static partial void ReadPose(nint body, Pose* pose);

    [LibraryImport(Library, EntryPoint = "rb_mass_of")]
    private static partial void ReadMass(nint body, Mass* mass);

    [LibraryImport(Library, EntryPoint = "rb_force")]
    internal static partial int Force(nint body, float x, float y);

    [LibraryImport(Library, EntryPoint = "rb_step")]
    internal static partial int Step(nint world, float seconds, int velocityIterations, int positionIterations);

    [LibraryImport(Library, EntryPoint = "rb_contacts")]
    private static partial Contact* ReadContacts(nint world, int* count);

    [LibraryImport(Library, EntryPoint = "rb_contacts_clear")]
    internal static partial void ClearContacts(nint world);
}
