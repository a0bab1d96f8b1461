using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.Watching;

/// <summary>
/// Names in <c>.tmp</c> that are not claims of this host: their writers', however old (PU-14). Each is told of once; only where the options
/// say so are they taken back.
/// </summary>
internal sealed class ForeignTemporaries(
    string directory, string source, bool isRecovering, IntakeContext context, IPlatformFiles platform, SkipLog skips)
{
    // Programs that compose under such a name do not pause for longer, and another host's claim is done by then.
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(10);

    private const int MaxTold = 10_000;

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Looks at the names that were listed.</summary>
    /// <returns>How many were given back their <c>.eml</c> names.</returns>
    public int Look(IReadOnlyList<WaitingFile> temporaries, DirectoryClaims claims, SettleTracker settle)
    {
        var (recovered, news) = (0, new List<string>());
        foreach (var file in temporaries.Where(file => !_told.Contains(file.Name) && !claims.IsOurs(file.Name)))
        {
            if (_told.Count + news.Count >= MaxTold)
                break;
            try
            {
                if (!settle.IsQuietFor(file, QuietTime))
                    continue;
                if (TryRecover(file.Name) is not { } isRecovered)
                    continue;
                recovered += isRecovered ? 1 : 0;
                if (!isRecovered)
                    news.Add(file.Name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                news.Add(file.Name);
                skips.Tell(file.Name, context.Files.Path.Combine(directory, file.Name), e);
            }
        }
        Tell(news);
        if (recovered > 0)
            context.Logger.ClaimsRecovered(source, recovered);
        return recovered;
    }

    // Null when somebody works on it, or it is gone.
    private bool? TryRecover(string name)
    {
        var original = context.Files.Path.ChangeExtension(name, FileNames.Message);
        using var claim = FileClaim.TryTakeOver(
            context.Files, platform, context.Time, context.Files.Path.Combine(directory, name), original, out var result);
        if (claim is null)
            return result == OpenResult.NotRegular ? false : null;
        return isRecovering && claim.Release();
    }

    private void Tell(List<string> names)
    {
        _told.UnionWith(names);
        if (names.Count > 0)
            context.Logger.ForeignTemporaries(source, names.Count, FileNames.ForLog(names[0]));
    }
}
