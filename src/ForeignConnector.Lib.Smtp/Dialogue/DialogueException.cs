using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Smtp.Dialogue;

/// <summary>A connection that cannot be used any more. Its message is safe to show to a sender.</summary>
internal sealed class DialogueException(EnhancedStatusCode status, string message, Exception? cause = null) : Exception(message, cause)
{
    public EnhancedStatusCode Status { get; } = status;

    public static DialogueException Lost(Exception? cause = null) => new(new(4, 4, 2), "the connection was lost", cause);

    public static DialogueException TimedOut(TimeSpan timeout) => new(new(4, 4, 2), $"no answer came within {timeout}");

    public static DialogueException Garbage(string what) => new(new(4, 5, 0), what);

    public static DialogueException Unexpected(SmtpReply reply) =>
        new(new(4, 5, 0), $"an answer came that makes no sense there: {reply}");
}
