using System.Numerics;
using Reverie.Torch.IO;

namespace Reverie.Replay.Data;

/// <summary>Numbers of every width as those that are learned from; none becomes another on the way.</summary>
internal static class DataNumbers
{
    private static readonly Dictionary<Type, (Func<NpyArray, float[]> Singles, Func<NpyArray, (byte[], int)>? Bytes)>
        Conversions = new()
        {
            [typeof(bool)] = (array => Array.ConvertAll(array.As<bool>(), value => value ? 1f : 0f), null),
            [typeof(Half)] = (Singles<Half>, null),
            [typeof(float)] = (array => array.As<float>(), null),
            [typeof(double)] = (Singles<double>, null),
            [typeof(byte)] = (Singles<byte>, array => (array.As<byte>(), -1)),
            [typeof(sbyte)] = (Singles<sbyte>, Bytes<sbyte>),
            [typeof(ushort)] = (Singles<ushort>, Bytes<ushort>),
            [typeof(short)] = (Singles<short>, Bytes<short>),
            [typeof(uint)] = (Singles<uint>, Bytes<uint>),
            [typeof(int)] = (Singles<int>, Bytes<int>),
            [typeof(ulong)] = (Singles<ulong>, Bytes<ulong>),
            [typeof(long)] = (Singles<long>, Bytes<long>),
        };

    /// <summary>As float32; one that is too large becomes infinite, which the caller has to look for.</summary>
    public static float[] Singles(NpyArray array) => Conversions[array.ElementType].Singles(array);

    /// <summary>Whether they are whole numbers rather than floats or truth.</summary>
    public static bool AreWhole(NpyArray array) => Conversions[array.ElementType].Bytes is not null;

    /// <summary>Whole numbers as uint8.</summary>
    /// <returns>The bytes, and where the first number is that is none; −1 where all are.</returns>
    public static (byte[] Values, int Misfit) Bytes(NpyArray array) => Conversions[array.ElementType].Bytes!(array);

    /// <summary>One of them as it was written.</summary>
    public static double At(NpyArray array, int index) => array.Data.GetValue(index) is Half half
        ? (double)half
        : Convert.ToDouble(array.Data.GetValue(index), System.Globalization.CultureInfo.InvariantCulture);

    private static float[] Singles<T>(NpyArray array) where T : unmanaged, INumberBase<T> =>
        Array.ConvertAll(array.As<T>(), float.CreateTruncating);

    private static (byte[], int) Bytes<T>(NpyArray array) where T : unmanaged, INumber<T>
    {
        var (values, most) = (array.As<T>(), T.CreateSaturating(byte.MaxValue));
        return (Array.ConvertAll(values, byte.CreateSaturating),
            Array.FindIndex(values, value => value < T.Zero || value > most));
    }
}
