using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>Tells of each file that is left alone once, not at every poll. Thread-safe.</summary>
internal sealed class SkipLog(ILogger logger, string source)
{
    private const int Bound = 10_000;

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <param name="name">The name it was found under.</param>
    /// <param name="path">Where it is now; it may have been claimed since.</param>
    /// <param name="cause">Why it is left alone.</param>
    public void Tell(string name, string path, Exception cause)
    {
        var now = Path.GetFileName(path);
        // The directory is known, and names come from outside.
        var reason = FileNames.ForLog(cause.Message.Replace(path, now, StringComparison.Ordinal));
        Tell(name, now == name ? reason : $"{reason} Its name is \"{FileNames.ForLog(now)}\" now.");
    }

    public void Tell(string name, string reason)
    {
        lock (_told)
        {
            if (_told.Count >= Bound)
                _told.Clear();
            if (_told.Add(name))
                logger.FileSkipped(source, FileNames.ForLog(name), reason);
        }
    }
}
