using Microsoft.Win32.SafeHandles;

namespace TransportHost;

/// <summary>
/// Standard output and standard error without the lock that the system console holds while it writes: with it, a pipe that nobody reads
/// stops whoever writes to the other one.
/// </summary>
internal static class StandardStream
{
    private const int Output = 1;
    private const int Error = 2;

    public static TextWriter OpenOutput() => Open(Output);

    public static TextWriter OpenError() => Open(Error);

    private static TextWriter Open(int descriptor)
    {
        if (OperatingSystem.IsWindows())
            return descriptor == Output ? Console.Out : Console.Error;
        try
        {
            var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return new StreamWriter(stream, Console.OutputEncoding) { AutoFlush = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Closed: whoever writes is told.
            return descriptor == Output ? Console.Out : Console.Error;
        }
    }
}
