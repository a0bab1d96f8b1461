using System.Diagnostics.Metrics;
using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.Reports;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ForeignConnector.Lib.Transport;

/// <summary>
/// What a transport works with besides its options, and what an application puts in place of its parts. Everything has a default. Set it
/// before the transport is made; it lives as long as the transport.
/// </summary>
/// <remarks>
/// A function is called once, when its part is needed for the first time, on any thread. It gets the transport, whose
/// <see cref="ForeignConnectorTransport.Defaults"/> are there to be wrapped. What it returns belongs to the application, and is not
/// disposed by the transport. It must not return null.
/// </remarks>
public sealed class TransportServices
{
    /// <summary>The file system.</summary>
    /// <value>Default: the one of this machine.</value>
    public IFileSystem Files { get; set; } = new FileSystem();

    /// <summary>The clock.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Where ids, counts and names of files are logged; no addresses, no content.</summary>
    /// <value>Default: no log.</value>
    public ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Makes the meter of the transport.</summary>
    /// <value>Default null: a meter of its own.</value>
    public IMeterFactory? Meters { get; set; }

    /// <summary>What factories of connectors get.</summary>
    /// <value>Default: a provider that has no service.</value>
    public IServiceProvider Provider { get; set; } = NoServices.Instance;

    /// <summary>In which words senders are told (ND-2).</summary>
    /// <value>Default: the texts of the library.</value>
    public ReportTexts Texts { get; set; } = new();

    /// <summary>The kinds of connectors that <see cref="ConnectorOptions.DeliveryProtocol"/> can name.</summary>
    /// <value>Default none.</value>
    public IList<ConnectorType> ConnectorTypes { get; init; } = [];

    /// <summary>Where messages go in, in front of the categorizer or in its place.</summary>
    /// <value>Default null: <see cref="TransportDefaults.Categorizer"/>.</value>
    public Func<ForeignConnectorTransport, IMailIntake>? Intake { get; set; }

    /// <summary>Who tells senders what became of their messages (ND).</summary>
    /// <value>Default null: <see cref="TransportDefaults.Reports"/>.</value>
    public Func<ForeignConnectorTransport, ISenderReports>? Reports { get; set; }

    /// <summary>Trails beside those of the transport (TR-1). The transport's own may be among them; they get each event once.</summary>
    /// <value>Default null: none.</value>
    public Func<ForeignConnectorTransport, IEnumerable<IMessageTrail>>? Trails { get; set; }

    /// <summary>Who is asked before files are taken in (BP-1).</summary>
    /// <value>Default null: <see cref="TransportDefaults.BackPressure"/>.</value>
    public Func<ForeignConnectorTransport, IIntakeGate>? Gate { get; set; }

    /// <summary>Where accepted messages are kept.</summary>
    /// <value>Default null: <see cref="TransportDefaults.Store"/>.</value>
    public Func<ForeignConnectorTransport, IQueueStore>? Store { get; set; }

    /// <summary>Who looks into the queue for administrators.</summary>
    /// <value>Default null: <see cref="TransportDefaults.QueueManager"/>.</value>
    public Func<ForeignConnectorTransport, IQueueManager>? QueueManager { get; set; }

    /// <summary>Names submissions.</summary>
    /// <value>Default null: <see cref="TransportDefaults.Ids"/>.</value>
    public Func<ForeignConnectorTransport, SubmissionIdSource>? Ids { get; set; }

    /// <summary>
    /// Reads the options anew, after <see cref="ForeignConnectorTransport.ConfigurationChanged"/>. Whatever it throws, the options in force
    /// stay. An
    /// <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> is logged error by error; after anything else it is called
    /// again every minute.
    /// </summary>
    /// <value>Default null: changes are made with <see cref="ForeignConnectorTransport.ApplyAsync"/> alone.</value>
    public Func<ForeignConnectorOptions>? Reload { get; set; }

    /// <summary>Asks directories that may never answer; one for all parts, so that no question is asked twice at a time.</summary>
    internal PatientQuestions Questions
    {
        get => field ??= new PatientQuestions(Time);
        set;
    }

    /// <summary>The clock of the loop that follows the configuration, for a test that breaks it.</summary>
    internal TimeProvider? FollowerTime { get; set; }

    /// <summary>The kind that a connector names; null when it names none, or one that is not here.</summary>
    internal ConnectorType? ConnectorTypeOf(ConnectorOptions options) =>
        options.DeliveryProtocol is { } protocol ? ConnectorTypes.FirstOrDefault(
            type => type.Name.Equals(protocol, StringComparison.OrdinalIgnoreCase)) : null;

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
