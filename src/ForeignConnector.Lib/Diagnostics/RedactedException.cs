using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Diagnostics;

/// <summary>
/// What a log may know of an exception (TR-3): types, codes and stack of it and of its causes. Their messages may quote anything, mail
/// included, and stay out; the words of the operating system for an error code take their place.
/// </summary>
internal sealed class RedactedException : Exception
{
    // Deeper and wider than any defect is; an exception may hold itself.
    private const int MaxDepth = 8;
    private const int MaxCauses = 16;

    // Error numbers of the operating system; .NET's own codes are negative.
    private const int MaxErrorNumber = 4095;

    private readonly string? _stack;
    private readonly RedactedException[] _causes;

    private RedactedException(string message, string? stack, RedactedException[] causes)
        : base(message, causes.FirstOrDefault())
    {
        _stack = stack;
        _causes = causes;
    }

    /// <inheritdoc/>
    public override string? StackTrace => _stack;

    /// <summary>The exception without what it may quote; null for null.</summary>
    [return: NotNullIfNotNull(nameof(exception))]
    public static RedactedException? Of(Exception? exception) =>
        exception is null ? null : exception as RedactedException ?? Of(exception, MaxDepth);

    /// <summary>Type, code and stack, then those of the causes.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Message);
        foreach (var cause in _causes)
            text.Append("\n ---> ").Append(cause).Append("\n   --- End of inner exception ---");
        if (_stack is { Length: > 0 })
            text.Append('\n').Append(_stack);
        return text.ToString();
    }

    private static RedactedException Of(Exception exception, int depth)
    {
        IEnumerable<Exception> causes =
            exception is AggregateException several ? several.InnerExceptions : exception.InnerException is { } inner ? [inner] : [];
        var redacted = depth == 0 ? [] : causes.Take(MaxCauses).Select(cause => Of(cause, depth - 1)).ToArray();
        var facts = Facts(exception);
        var type = exception.GetType().FullName ?? exception.GetType().Name;
        return new RedactedException(
            facts.Length == 0 ? type : $"{type} ({facts})", exception.StackTrace, redacted)
        { HResult = exception.HResult };
    }

    private static string Facts(Exception exception) => exception switch
    {
        MailFormatException { Position: { } position } e => FormattableString.Invariant($"rule {e.Rule}, at offset {position}"),
        MailFormatException e => $"rule {e.Rule}",
        SocketException e => e.SocketErrorCode.ToString(),
        HttpRequestException { StatusCode: { } status } => FormattableString.Invariant($"HTTP status {(int)status}"),
        _ when exception.HResult is > 0 and <= MaxErrorNumber && !OperatingSystem.IsWindows() =>
            Marshal.GetPInvokeErrorMessage(exception.HResult),
        _ => "",
    };
}
