using System.Diagnostics.Metrics;
using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Hosting.Configuration;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Processing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Hosting;

/// <summary>The record that the transport keeps (TR-1). Trails of the application stand beside it.</summary>
internal static class MessageRecord
{
    public static void AddMessageRecord(this IServiceCollection services)
    {
        services.TryAddSingleton<CombinedTrail>();
        services.TryAddSingleton<TrackingLogTrail>();
        services.TryAddSingleton(CreateMetrics);
        services.AddSingleton<IMessageTrail>(provider => provider.GetRequiredService<TrackingLogTrail>());
        services.AddSingleton<IMessageTrail>(provider => provider.GetRequiredService<TransportMetrics>());
    }

    private static TransportMetrics CreateMetrics(IServiceProvider provider)
    {
        var metrics = new TransportMetrics(provider.GetService<IMeterFactory>());
        if (provider.GetRequiredService<TrackingLogTrail>().Log is { } log)
            metrics.ObserveTrackingLog(log);
        metrics.ObserveSetAside(() => provider.GetRequiredService<SetAsideFiles>().Levels);
        // Asked for later: the queue itself needs the trail.
        metrics.ObserveQueue(() => provider.GetRequiredService<DeliveryQueue>().Levels, provider.GetRequiredService<TimeProvider>());
        metrics.ObserveOverdueAttempts(() => provider.GetRequiredService<QueueProcessor>().OverdueAttempts);
        return metrics;
    }
}

/// <summary>The message tracking log, where it is turned on.</summary>
internal sealed class TrackingLogTrail(
    IOptions<ForeignConnectorOptions> options, IFileSystem files, TimeProvider time, ILogger<MessageTrackingLog> logger) : IMessageTrail, IDisposable
{
    /// <summary>Null when it is off.</summary>
    public MessageTrackingLog? Log { get; } = Create(options.Value.Transport, files, time, logger);

    public void Record(TrackingEvent happened) => Log?.Record(happened);

    public IDisposable? Expect(SubmissionId id) => Log?.Expect(id);

    public void Dispose() => Log?.Dispose();

    private static MessageTrackingLog? Create(TransportOptions transport, IFileSystem files, TimeProvider time, ILogger<MessageTrackingLog> logger) =>
        new TransportPaths(transport, files).TrackingLog is not { } path ? null : new MessageTrackingLog(
            new MessageTrackingLogOptions
            {
                Path = path,
                ServerName = transport.ServerName,
                MaxAge = transport.MessageTrackingLogMaxAge,
                MaxDirectorySize = transport.MessageTrackingLogMaxDirectorySize,
                MaxFileSize = transport.MessageTrackingLogMaxFileSize,
                SubjectLoggingEnabled = transport.MessageTrackingLogSubjectLoggingEnabled,
            },
            files, time, logger);
}
