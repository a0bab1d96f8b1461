using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>A file of the queue or of a Drop directory that somebody changed (EN, DR-3, DR-4).</summary>
internal static class DropTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        var envelope = DropFile.Read(input.ToArray(), out var message);
        Intake.ThroughDrop(envelope, message);
        foreach (var recipient in envelope.Recipients)
            Intake.ThroughDrop(envelope with { Recipients = [recipient], Body = BodyType.Unspecified }, []);
    }
}
