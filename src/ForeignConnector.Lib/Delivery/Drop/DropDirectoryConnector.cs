using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>
/// Writes each message as one file into a directory that a gateway empties (DR). Works with the queue or on its own. Thread-safe; lives as long as its configuration.
/// </summary>
public sealed class DropDirectoryConnector : IForeignConnector
{
    private readonly DropDirectoryOptions _options;
    private readonly DropFileWriter _writer;
    private readonly DropQuota _quota;
    private readonly IFileSystem _files;
    private readonly ILogger _logger;
    private readonly OutageLog _outage = new();

    /// <summary>A connector for one directory. Nothing is touched before the first delivery.</summary>
    public DropDirectoryConnector(DropDirectoryOptions options, IFileSystem files, ILogger<DropDirectoryConnector> logger)
        : this(options, files, PlatformFiles.For(files), logger)
    {
    }

    internal DropDirectoryConnector(DropDirectoryOptions options, IFileSystem files, IPlatformFiles platform, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _files = files;
        _logger = logger;
        _writer = new DropFileWriter(options, files, platform);
        _quota = new DropQuota(options.DropDirectoryQuota, files, options.DropDirectory);
    }

    internal string DropDirectory => _options.DropDirectory;

    /// <inheritdoc/>
    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Content.Length > _options.MaxMessageSize.Octets)
            return DeliveryReport.ForAll(request, r => RecipientOutcome.Failed(r, DeliveryStatus.TooBigForDestination));
        try
        {
            if (!_files.Directory.Exists(_options.DropDirectory) && !TryCreate())
                return Defer(request, DeliveryStatus.DestinationUnavailable, "the Drop directory does not exist");
            if (!_quota.HasRoomFor(_writer.FileSize(request)))
                return Defer(request, DeliveryStatus.DestinationFull, $"the Drop directory is full ({_options.DropDirectoryQuota})");
            await _writer.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Defer(request, DeliveryStatus.DestinationUnavailable, "the Drop directory cannot be written to", e);
        }
        if (_outage.End())
            _logger.DropDirectoryAvailable(_options.Name);
        return DeliveryReport.ForAll(request, _options.RelayDsnRequired ? RecipientOutcome.Relayed : RecipientOutcome.Delivered);
    }

    private bool TryCreate()
    {
        if (!_options.CreateDropDirectory)
            return false;
        _files.Directory.CreateDirectory(_options.DropDirectory);
        return true;
    }

    private DeliveryReport Defer(DeliveryRequest request, DeliveryStatus status, string reason, Exception? exception = null)
    {
        if (_outage.Begin())
            _logger.DropDirectoryUnavailable(exception, _options.Name, reason);
        return DeliveryReport.Deferred(request, status);
    }
}
