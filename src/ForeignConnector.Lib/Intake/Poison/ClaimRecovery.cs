using System.Globalization;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake.BadMail;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake.Poison;

/// <summary>
/// Takes back what a process that ended was working on (PU-4, PU-13), counts that against the file, and sets the file aside when it happened too often (ND-4).
/// </summary>
/// <param name="context">Threshold, clock, log and record.</param>
/// <param name="platform">Locks and renames.</param>
/// <param name="crashes">The counts.</param>
/// <param name="aside">Where poison goes.</param>
/// <param name="source">Pickup or Replay.</param>
internal sealed class ClaimRecovery(IntakeContext context, IPlatformFiles platform, CrashRecords crashes, AsideFolder aside, TrackingSource source)
{
    /// <summary>Takes one claim back, if its owner is dead.</summary>
    /// <param name="path">The claim, <c>name.tmp</c>.</param>
    /// <returns>What became of the file; all zero when its owner lives.</returns>
    /// <exception cref="IOException">The file cannot be opened or renamed.</exception>
    public (int Recovered, int Poison) Run(string path)
    {
        using var claim = FileClaim.TryTakeOver(context.Files, platform, context.Time, path);
        if (claim is null)
            return default;
        var count = crashes.Read(claim.OriginalName, claim.File.Identity) + 1;
        if (count < context.PoisonThreshold)
            return TryGiveBack(claim, count) ? (1, 0) : default;
        SetAside(claim, count);
        return (0, 1);
    }

    // Under the lock, so that nobody claims the file between the rename and the record. If the process ends there the count is one less, and
    // nobody is blamed for more than happened.
    private bool TryGiveBack(FileClaim claim, int count)
    {
        if (!claim.Release())
            return false;
        var name = context.Files.Path.GetFileName(claim.Path);
        crashes.Write(name, claim.File.Identity, count);
        if (CrashRecords.NameFor(name) != CrashRecords.NameFor(claim.OriginalName))
            crashes.Remove(claim.OriginalName);
        return true;
    }

    private void SetAside(FileClaim claim, int count)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"the process ended {(count == 1 ? "once" : $"{count} times")} while it worked on this file");
        aside.Keep(claim, AsideFolder.Poison, new Refusal("ND-4", reason, reason));
        crashes.Remove(claim.OriginalName);
        context.Logger.PoisonMessage(source.ToString(), FileNames.ForLog(claim.OriginalName), count);
        context.Trail.Record(new TrackingEvent
        {
            Kind = TrackingEventKind.PoisonMessage,
            Source = source,
            FileName = claim.OriginalName,
            Detail = $"ND-4: {reason}",
        });
    }
}
