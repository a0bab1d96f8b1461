using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing.Directory;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>The name of a file in a queue directory, and the id of a submission.</summary>
internal static class NameTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        var text = Text.Of(input);
        if (SubmissionId.TryParse(text, out var id))
        {
            Check.Equal(text.ToUpperInvariant(), id.ToString().ToUpperInvariant(), "an id prints as it was read");
            Check.That(SubmissionId.TryParse(id.ToString(), out var again) && again == id, "an id that is printed reads back equal");
        }
        if (!QueueFileName.TryParse(text, out var entry, out var mark))
            return;
        Check.Equal(text.ToUpperInvariant(), QueueFileName.Format(entry, mark).ToUpperInvariant(), "a name prints as it was read");
        Check.That(!text.AsSpan().ContainsAny('/', '\\', '\0'), "a name leaves its directory nowhere");
    }
}
