namespace Reverie;

/// <summary>The native part or a library that it calls: missing, of another version, or it answered with an error. Errors of
/// libtorch are <see cref="Torch.TorchException"/>.</summary>
public class NativeException : ReverieException
{
    /// <summary>Makes the exception from the line to show.</summary>
    public NativeException(string message) : base(message) { }

    /// <summary>As above, keeping the error behind it for the log.</summary>
    public NativeException(string message, Exception? inner) : base(message, inner) { }
}
