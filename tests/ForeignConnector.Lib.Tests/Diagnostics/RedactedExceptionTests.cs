using System.Net.Sockets;
using System.Reflection;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ForeignConnector.Lib.Tests.Diagnostics;

/// <summary>TR-3: whoever throws whatever, the log learns no content and no local part of an address.</summary>
public class RedactedExceptionTests
{
    private const string Secret = "secret.person";

    private static readonly Dictionary<string, Func<Exception>> Thrown = new()
    {
        ["a connector's own"] = () => new InvalidOperationException($"550 {Secret}@example.com unknown"),
        ["an I/O error with a path"] = () => new IOException($"No space left on device : '/drop/{Secret}@example.com.eml'"),
        ["a quoted local part"] = () => new UnauthorizedAccessException($"\"{Secret} x\"@example.com"),
        ["content"] = () => new FormatException($"Subject: {Secret}"),
        ["an inner exception"] = () => new InvalidDataException("outer", new InvalidOperationException(Secret, new IOException(Secret))),
        ["several at once"] = () => new AggregateException(Secret, new IOException(Secret), new TimeoutException(Secret, new SocketException())),
        ["our own"] = () => new MailFormatException("PU-5", $"an address in the field 'To' cannot be used: {Secret}", 7),
        ["with data"] = () => new IOException("x") { Data = { ["recipient"] = Secret }, Source = Secret, HelpLink = Secret },
        ["that overrides everything"] = () => new TalkativeException(),
        ["a cycle of reasons"] = () => Enumerable.Range(0, 100).Aggregate(new IOException(Secret), (inner, _) => new IOException(Secret, inner)),
    };

    public static TheoryData<string> Kinds => [.. Thrown.Keys];

    /// <summary>Every log message that takes an exception.</summary>
    private static MethodInfo[] Methods { get; } =
        [.. typeof(Log).GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static).Where(method => method.GetParameters().Any(IsAnyException))];

    [Theory(DisplayName = "TR-3: no log message passes on what an exception says")]
    [MemberData(nameof(Kinds))]
    public void Keeps_the_words_of_exceptions_out(string kind)
    {
        var logger = new FakeLogger();
        var open = Methods.Where(method => method.IsPublic || method.IsAssembly).ToArray();

        foreach (var method in open)
            method.Invoke(null, [.. method.GetParameters().Select(parameter => Argument(parameter, logger, Throw(Thrown[kind]())))]);

        var records = logger.Collector.GetSnapshot();
        Assert.Equal(open.Length, records.Count);
        Assert.All(records, record =>
        {
            var everything = $"{record.Message}\n{record.Exception}\n{Everything(record.Exception!)}";
            Assert.DoesNotContain(Secret, everything, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact(DisplayName = "TR-3: what the log messages are generated from takes redacted exceptions only")]
    public void Takes_redacted_exceptions_only()
    {
        var generated = typeof(Log).GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null).ToArray();

        Assert.NotEmpty(generated);
        Assert.All(generated.SelectMany(method => method.GetParameters()).Where(IsAnyException), parameter => Assert.Equal(typeof(RedactedException), parameter.ParameterType));
    }

    [Fact(DisplayName = "TR-3: types, stack and causes stay")]
    public void Keeps_what_an_administrator_needs()
    {
        var text = RedactedException.Of(Throw(new InvalidDataException(Secret, new ArgumentNullException(Secret)))).ToString();

        Assert.Contains("System.IO.InvalidDataException", text, StringComparison.Ordinal);
        Assert.Contains(" ---> System.ArgumentNullException", text, StringComparison.Ordinal);
        Assert.Contains(nameof(Throw), text, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "TR-3: what is known by a code is told in the words for it")]
    [InlineData("socket", "System.Net.Sockets.SocketException (ConnectionRefused)")]
    [InlineData("http", "System.Net.Http.HttpRequestException (HTTP status 503)")]
    [InlineData("rule", "ForeignConnector.Lib.Mail.MailFormatException (rule PU-5, at offset 7)")]
    [InlineData("none", "System.IO.IOException")]
    public void Tells_codes(string kind, string message)
    {
        Exception e = kind switch
        {
            "socket" => new SocketException((int)SocketError.ConnectionRefused),
            "http" => new HttpRequestException(Secret, null, System.Net.HttpStatusCode.ServiceUnavailable),
            "rule" => new MailFormatException("PU-5", Secret, 7),
            _ => new IOException(Secret),
        };

        Assert.Equal(message, RedactedException.Of(e).Message);
    }

    [Fact(DisplayName = "TR-3: an error of the system keeps the system's words for it, without the path")]
    public void Tells_errors_of_the_system()
    {
        var e = Record.Exception(() => File.Open($"/proc/self/{Secret}/x", FileMode.Open));
        const int noSpace = 28;

        Assert.Equal("System.IO.DirectoryNotFoundException", RedactedException.Of(e)!.Message);
        if (OperatingSystem.IsLinux())
            Assert.Equal("System.IO.IOException (No space left on device)", RedactedException.Of(new IOException(Secret, noSpace)).Message);
    }

    private static Exception Throw(Exception e)
    {
        try
        {
            throw e;
        }
        catch (Exception thrown)
        {
            return thrown;
        }
    }

    private static bool IsAnyException(ParameterInfo parameter) => parameter.ParameterType.IsAssignableTo(typeof(Exception));

    private static object Argument(ParameterInfo parameter, ILogger logger, Exception e) => parameter.ParameterType switch
    {
        var type when type == typeof(ILogger) => logger,
        var type when type.IsAssignableFrom(typeof(Exception)) => e,
        var type when type.IsAssignableTo(typeof(Exception)) => RedactedException.Of(e),
        var type when type == typeof(string) => "value",
        var type => Activator.CreateInstance(type)!,
    };

    // Sinks read more than the text.
    private static string Everything(Exception e) =>
        string.Join('\n', e.GetType().GetProperties().Select(property => $"{property.GetValue(e)}")) + string.Join('\n', e.Data.Values.Cast<object>());

    private sealed class TalkativeException : Exception
    {
        public override string Message => Secret;

        public override string ToString() => Secret;
    }
}
