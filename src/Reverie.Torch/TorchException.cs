namespace Reverie.Torch;

/// <summary>An error of libtorch, or a wrong use of tensors, in its first line.</summary>
public sealed class TorchException : NativeException
{
    /// <summary>Makes the exception from its text.</summary>
    public TorchException(string message) : base(message) { }

    /// <summary>As above, keeping the error behind it.</summary>
    public TorchException(string message, Exception? inner) : base(message, inner) { }
}
