using System.ComponentModel;
using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Agents;
using ForeignConnector.Lib.Gateways.Texts;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Transport.Connectors;

namespace ForeignConnector.Lib.Gateways.Processes;

/// <summary>Gives messages to a program (PX-1). A connection is the leave to start it.</summary>
internal sealed class ProcessGateway : IDeliveryAgent, IDeliveryConnection
{
    private static readonly SmtpResponse CannotStart = new(
        451, new(4, 3, 5), "The program that delivers to the recipient is missing, or cannot be started.");

    private static readonly SmtpResponse NoFile = new(
        451, new(4, 3, 0), "The message could not be put into a file for the program that delivers to the recipient.");

    private readonly ConnectorContext _context;
    private readonly ProcessGatewaySettings _settings;
    private readonly IFileSystem _files;
    private readonly string _workingDirectory;
    private readonly MessageFiles? _messages;

    public ProcessGateway(ConnectorContext context, ProcessGatewaySettings settings)
    {
        (_context, _settings, _files) = (context, settings, context.Files);
        _workingDirectory = _files.Path.GetFullPath(settings.WorkingDirectory ?? ".", context.BaseDirectory);
        if (settings.Arguments.Any(argument => argument.Contains(ArgumentTemplate.File, StringComparison.Ordinal)))
            _messages = new MessageFiles(_files, _files.Path.GetFullPath(settings.FileDirectory, context.BaseDirectory));
    }

    public int MaxRecipientsPerDelivery => _settings.RecipientsPerCall;

    public string? RemoteHost => null;

    public ValueTask<OpenConnectionResult> OpenConnectionAsync(OpenConnectionContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(FindProgram() is null || !_files.Directory.Exists(_workingDirectory)
            ? OpenConnectionResult.DeferQueue(CannotStart)
            : OpenConnectionResult.Opened(this));

    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (FindProgram() is not { } program)
            return DeliveryReport.Of(QueueVerdict.Defer(CannotStart));
        IDisposable? lent = null;
        try
        {
            var file = "";
            if (_messages is not null)
            {
                try
                {
                    (file, lent) = await _messages.LendAsync(request, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return DeliveryReport.Of(QueueVerdict.Defer(NoFile));
                }
            }
            return await RunAsync(request, program, file, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lent?.Dispose();
        }
    }

    public ValueTask<string?> CloseAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    private async ValueTask<DeliveryReport> RunAsync(
        DeliveryRequest request, string program, string file, CancellationToken cancellationToken)
    {
        using var text = NeedsText ? MessageText.Read(request.Content) : null;
        var all = request.Envelope.Recipients;
        var values = new ArgumentValues(
            all.Length == 1 ? request.IdOf(all[0]) : request.Id, request.Envelope.Sender, text?.Subject ?? "", file);
        var problems = all.ToLookup(recipient => ArgumentTemplate.Problem(_settings.Arguments, recipient, values));
        EnvelopeRecipient[] recipients = [.. problems[OptionProblem.None]];
        RecipientOutcome[] refused =
            [.. problems[OptionProblem.Recipient].Select(NoOption), .. problems[OptionProblem.Sender].Select(NoOptionOfSender)];
        if (recipients.Length == 0)
            return new([.. refused]);
        var call = new ProgramCall
        {
            FileName = program,
            Arguments = [.. ArgumentTemplate.Fill(_settings.Arguments, recipients, values)],
            WorkingDirectory = _workingDirectory,
            Environment = _settings.Environment,
            Timeout = _settings.Timeout,
            Time = _context.Time,
            OpenInput = _settings.Input switch
            {
                ProcessInput.Message => request.Content.OpenRead,
                ProcessInput.Text => () => new MemoryStream(Encoding.UTF8.GetBytes(text!.Text), writable: false),
                _ => null,
            },
        };
        try
        {
            var result = await call.RunAsync(cancellationToken).ConfigureAwait(false);
            var outcome = result is var (exitCode, firstLine)
                ? ExitCodes.Outcome(exitCode, firstLine, _settings.Success)
                : recipient => RecipientOutcome.Deferred(recipient, DeliveryStatus.TookTooLong);
            return new([.. recipients.Select(outcome), .. refused]);
        }
        catch (Win32Exception)
        {
            return new([.. refused]) { Queue = QueueVerdict.Defer(CannotStart) };
        }
    }

    private static RecipientOutcome NoOption(EnvelopeRecipient recipient) => RecipientOutcome.Failed(
        recipient, EnhancedStatusCode.BadAddressSyntax, "The address begins with '-', and the recipient's system cannot take it.");

    private static RecipientOutcome NoOptionOfSender(EnvelopeRecipient recipient) => RecipientOutcome.Failed(
        recipient, new(5, 1, 7), "The address of the sender begins with '-', and the recipient's system cannot take it.");

    private bool NeedsText => _settings.Input == ProcessInput.Text
        || _settings.Arguments.Any(argument => argument.Contains(ArgumentTemplate.Subject, StringComparison.Ordinal));

    // Null when there is none that may be executed.
    private string? FindProgram()
    {
        if (_settings.FileName.AsSpan().ContainsAny('/', _files.Path.DirectorySeparatorChar))
            return Executable(_files.Path.GetFullPath(_settings.FileName, _context.BaseDirectory));
        var folders = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            _files.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Where(_files.Path.IsPathRooted)
            .Select(folder => Executable(_files.Path.Combine(folder, _settings.FileName))).FirstOrDefault(path => path is not null);
    }

    private string? Executable(string path)
    {
        if (OperatingSystem.IsWindows())
            return new[] { path, path + ".exe" }.FirstOrDefault(_files.File.Exists);
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return _files.File.Exists(path) && (_files.File.GetUnixFileMode(path) & execute) != 0 ? path : null;
    }
}
