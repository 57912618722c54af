namespace Reverie.Torch.IO;

/// <summary>Says in one line what a disk refused.</summary>
public static class DiskErrors
{
    private const int NoSpaceUnix = 28, QuotaLinux = 122, QuotaMac = 69;
    private const int DiskFullWindows = unchecked((int)0x80070070), HandleDiskFullWindows = unchecked((int)0x80070027);

    /// <summary>True where <paramref name="error"/>, or one behind it, is a full disk or a used-up quota.</summary>
    public static bool IsFull(Exception error)
    {
        for (var each = error; each is not null; each = each.InnerException!)
        {
            if (each is IOException && (each.HResult is DiskFullWindows or HandleDiskFullWindows or NoSpaceUnix
                || each.HResult == (OperatingSystem.IsMacOS() ? QuotaMac : QuotaLinux)))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>True where a file would have grown beyond what its file system or <c>ulimit -f</c> allows.</summary>
    /// <remarks>.NET tells this one refusal of the system (EFBIG) as an argument that is out of range.</remarks>
    public static bool IsTooLarge(Exception error) =>
        error is ArgumentOutOfRangeException { ParamName: "value", TargetSite.DeclaringType.Namespace: "System.IO" };

    /// <summary>The line for an error met while writing <paramref name="path"/>; null where it is not the disk's.
    /// </summary>
    public static string? Describe(string path, Exception error) => error switch
    {
        _ when IsFull(error) => $"{path}: the disk is full; nothing was written; free some space and run again",
        _ when IsTooLarge(error) =>
            $"{path}: the limit of the size of files is reached (see `ulimit -f`); nothing was written",
        UnauthorizedAccessException => $"{path}: may not be written; check the permissions of its directory",
        DirectoryNotFoundException => $"{path}: its directory does not exist",
        InvalidDataException => null,
        IOException => $"{path}: could not be written ({error.Message})",
        _ => null,
    };
}
