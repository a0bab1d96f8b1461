using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Intake;

/// <summary>Tells of each file that is left alone once, not at every poll. Thread-safe.</summary>
internal sealed class SkipLog(ILogger logger, string source)
{
    private const int Bound = 10_000;

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

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
