using System.IO.Abstractions;
using System.Net;
using System.Net.Security;
using System.Text;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Smtp.Intake;
using ForeignConnector.Lib.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Smtp.Tests.Intake;

/// <summary>SMTP intake on a loopback port, over an intake that records.</summary>
internal sealed class IntakeBench : IAsyncDisposable, IIntakeGate
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SmtpListener _listener;
    private readonly IntakeContext _context;
    private readonly Task _run;

    public IntakeBench(Action<SmtpIntakeOptions>? configure = null, SslStreamCertificateContext? certificate = null)
    {
        Options.Endpoints.Add("127.0.0.1:0");
        configure?.Invoke(Options);
        _context = new IntakeContext
        {
            Identity = new IntakeIdentity("hub01.contoso.com", "contoso.com", "Test", "1.0"),
            Ids = new SubmissionIdSource(Time, new Random(1)),
            Intake = Intake,
            Reports = Reports,
            Trail = Trail,
            Gate = this,
            JournalDirectory = Directory.Path,
            Files = new FileSystem(),
            Time = Time,
        };
        _listener = new SmtpListener(new SmtpIntakeSettings
        {
            Options = Options,
            Intake = new ProtocolIntake(_context, TrackingSource.Smtp),
            ServerName = "hub01.contoso.com",
            DefaultDomain = "contoso.com",
            Certificate = certificate,
            SpoolDirectory = Directory.Path,
            Files = new FileSystem(),
            Time = Time,
            Logger = NullLogger.Instance,
        });
        _run = _listener.RunAsync(_stop.Token);
    }

    public SmtpIntakeOptions Options { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public TempDirectory Directory { get; } = new();

    public RecordingIntake Intake { get; } = new();

    public RecordingReports Reports { get; } = new();

    public RecordingTrail Trail { get; } = new();

    public IntakePace Pace { get; set; } = IntakePace.Open;

    public long Room { get; set; } = long.MaxValue;

    public IPEndPoint Endpoint => _listener.Endpoints[0];

    public int OpenSessions => _listener.OpenSessions;

    /// <summary>The message that came last, without the fields that were added in front.</summary>
    public string LastMessage
    {
        get
        {
            var octets = Intake.Messages[^1].Octets;
            return octets[octets.IndexOf("From: anna", StringComparison.Ordinal)..];
        }
    }

    public bool HasRoomFor(long octets) => octets <= Room;

    public Task StopAsync() => _stop.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        using var advance = new CancellationTokenSource();
        await Wait.UntilAsync(() =>
        {
            Time.Advance(TimeSpan.FromSeconds(10));
            return _run.IsCompleted;
        });
        _listener.Dispose();
        _context.Dispose();
        _stop.Dispose();
        Directory.Dispose();
    }

    public static string Lines(params string[] lines) => string.Join("\r\n", lines);

    public static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
