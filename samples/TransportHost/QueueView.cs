using System.Globalization;
using System.Text;
using System.Text.Json;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing.Management;

namespace TransportHost;

/// <summary>Prints queued messages: aligned columns for people, one JSON object a line for programs.</summary>
internal sealed class QueueView(bool json, TextWriter output)
{
    private static readonly string[] Columns =
        ["ID", "CONNECTOR", "STATUS", "AGE", "SIZE", "TRIES", "NEXT ATTEMPT", "SENDER", "RECIPIENTS"];

    /// <summary>Prints messages, everything that is known of them or a line each.</summary>
    public void Write(IReadOnlyList<QueuedMessage> messages, DateTimeOffset now, bool isComplete)
    {
        if (json)
        {
            foreach (var message in messages)
                output.WriteLine(ToJson(message));
        }
        else if (isComplete)
        {
            foreach (var message in messages)
                WriteComplete(message);
        }
        else
        {
            WriteTable([.. messages.Select(message => Row(message, now))]);
            output.WriteLine(messages.Count == 1 ? "1 message" : FormattableString.Invariant($"{messages.Count} messages"));
        }
    }

    /// <summary>Prints what became of an action.</summary>
    public void WriteResult(string id, QueueVerb verb, QueueActionResult result) =>
        WriteResult(id, verb, result.ToString(), Describe(result), reason: null);

    /// <summary>Prints that an action failed for a reason that is not the message's.</summary>
    public void WriteFailure(string id, QueueVerb verb, string reason) =>
        WriteResult(id, verb, "Failed", "failed: " + TerminalText.Inert(reason), reason);

    /// <summary>Prints that an id is of no use.</summary>
    public void WriteNotOne(string id, int matches)
    {
        var problem = matches == 0 ? "no message has this in its id" : FormattableString.Invariant(
            $"{matches} messages have this in their id");
        output.WriteLine(json
            ? JsonObject(writer =>
            {
                writer.WriteString("id", id);
                writer.WriteString("result", QueueActionResult.NotFound.ToString());
                writer.WriteString("reason", problem);
            })
            : $"{TerminalText.Inert(id)}: {problem}");
    }

    private void WriteResult(string id, QueueVerb verb, string result, string description, string? reason) =>
        output.WriteLine(json
            ? JsonObject(writer =>
            {
                writer.WriteString("id", id);
                writer.WriteString("action", verb.ToString());
                writer.WriteString("result", result);
                if (reason is not null)
                    writer.WriteString("reason", reason);
            })
            : $"{id}: {verb.ToString().ToLowerInvariant()}: {description}");

    private static string Describe(QueueActionResult result) => result switch
    {
        QueueActionResult.Done => "done",
        QueueActionResult.NotFound => "not in the queue any more",
        QueueActionResult.Busy => "is being worked on now; try again",
        _ => "does not apply to it as it is",
    };

    private static string[] Row(QueuedMessage message, DateTimeOffset now) =>
    [
        message.Id,
        message.Connector.Length == 0 ? "-" : TerminalText.Inert(message.Connector),
        message.Status.ToString(),
        Age(now - message.AcceptedAt),
        ByteSize.FromOctets(message.Size).ToString(),
        message.Attempts.ToString(CultureInfo.InvariantCulture),
        message.NextAttempt is { } next ? Time(next) : "-",
        message.Sender is null ? "?" : $"<{TerminalText.Inert(message.Sender)}>",
        message.Recipients is [var first, .. var more]
            ? TerminalText.Inert(first.Address) + (more.Length > 0 ? FormattableString.Invariant($" and {more.Length} more") : "")
            : "?",
    ];

    private void WriteTable(List<string[]> rows)
    {
        rows.Insert(0, Columns);
        var widths = Enumerable.Range(0, Columns.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private void WriteComplete(QueuedMessage message)
    {
        output.WriteLine($"""
            ID:            {message.Id}
            Connector:     {(message.Connector.Length == 0 ? "none takes it" : TerminalText.Inert(message.Connector))}
            Status:        {message.Status}
            Accepted:      {Time(message.AcceptedAt)}
            Size:          {message.Size.ToString(CultureInfo.InvariantCulture)} octets with its envelope
            Sender:        {(message.Sender is null ? "?" : $"<{TerminalText.Inert(message.Sender)}>")}
            Attempts:      {message.Attempts.ToString(CultureInfo.InvariantCulture)}
            Last attempt:  {(message.LastAttempt is { } last ? Time(last) : "-")}
            Next attempt:  {(message.NextAttempt is { } next ? Time(next) : "-")}
            """.ReplaceLineEndings());
        if (message.Reason is { } reason)
            output.WriteLine($"Reason:        {TerminalText.Inert(reason)}");
        output.WriteLine("Recipients:");
        foreach (var recipient in message.Recipients)
        {
            var outcome = recipient.Action is null
                ? ""
                : $": {recipient.Action} {recipient.Status} {TerminalText.Inert(recipient.Text ?? "")}";
            output.WriteLine($"  <{TerminalText.Inert(recipient.Address)}>{outcome}");
        }
    }

    private static string ToJson(QueuedMessage message) => JsonObject(writer =>
    {
        writer.WriteString("id", message.Id);
        writer.WriteString("connector", message.Connector);
        writer.WriteString("status", message.Status.ToString());
        writer.WriteString("acceptedAt", Time(message.AcceptedAt));
        writer.WriteNumber("size", message.Size);
        writer.WriteString("sender", message.Sender);
        writer.WriteNumber("attempts", message.Attempts);
        writer.WriteString("lastAttempt", message.LastAttempt is { } last ? Time(last) : null);
        writer.WriteString("nextAttempt", message.NextAttempt is { } next ? Time(next) : null);
        writer.WriteString("reason", message.Reason);
        writer.WriteStartArray("recipients");
        foreach (var recipient in message.Recipients)
        {
            writer.WriteStartObject();
            writer.WriteString("address", recipient.Address);
            writer.WriteString("action", recipient.Action?.ToString());
            writer.WriteString("status", recipient.Status);
            writer.WriteString("text", recipient.Text);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    });

    private static string JsonObject(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => age.ToString("d'd 'hh':'mm", CultureInfo.InvariantCulture),
        _ when age < TimeSpan.Zero => "0:00:00",
        _ => age.ToString("h':'mm':'ss", CultureInfo.InvariantCulture),
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
