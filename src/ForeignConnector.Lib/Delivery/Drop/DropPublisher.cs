using System.IO.Abstractions;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Delivery.Drop;

/// <summary>
/// Puts files into a Drop directory so that a consumer never sees part of one (DR-3, DR-5, DR-9); knows whether the directory is there
/// (DR-2), and sweeps what writers that died left in it.
/// </summary>
/// <param name="options">Where, and how.</param>
/// <param name="files">The file system.</param>
/// <param name="platform">Links and renames.</param>
/// <param name="onTaken">Called with each name that something else has, when the message has got another one.</param>
internal sealed class DropPublisher(DropDirectoryOptions options, IFileSystem files, IPlatformFiles platform, Action<string> onTaken)
{
    private const int CopySize = 128 << 10;

    // So many names of one message are never taken by chance.
    private const int MaxNames = 9;

    private readonly AtomicFile _atomic = new(files, platform);
    private readonly Lock _gate = new();
    private volatile bool _isThere;
    private volatile SharedAccess? _access;
    private bool _isKnown;
    private int _swept;

    private FlushMode Flush => options.Durability switch
    {
        Durability.None => FlushMode.None,
        Durability.PerMessage => FlushMode.Alone,
        _ => FlushMode.Grouped,
    };

    /// <summary>Who may read the files in it (DR-11); as the directory was when it was entered.</summary>
    private SharedAccess Access => _access ?? throw new InvalidOperationException("nobody has entered the directory");

    /// <summary>
    /// False when the directory is missing and not to be created. Looks once, and again after <see cref="Invalidate"/>. The first time
    /// sweeps, before anything is written: a crash right after the last message of all must leave nothing behind.
    /// </summary>
    /// <exception cref="UnauthorizedAccessException">
    /// The directory is append-only: each temporary file would stay in it for ever (SE-7).
    /// </exception>
    public bool TryEnter()
    {
        if (_isThere)
            return true;
        lock (_gate)
        {
            if (options.CreateDropDirectory)
                DurableDirectory.Settle(files, platform, options.DropDirectory);
            else if (!files.HasDirectory(options.DropDirectory))
                return false;
            var rules = platform.RulesOf(options.DropDirectory);
            if (rules.IsAppendOnly)
                throw new UnauthorizedAccessException($"'{options.DropDirectory}' is append-only: nothing in it can be renamed");
            _access = new SharedAccess(options.DropFileMode, rules);
            if (!_isKnown)
                SweepOnce();
            _isKnown = true;
            _isThere = true;
        }
        return true;
    }

    /// <summary>Something went wrong in the directory: the next attempt looks at it again.</summary>
    public void Invalidate()
    {
        _isThere = false;
        _swept = 0;
    }

    /// <summary>
    /// Deletes abandoned temporary files, the first time that a file has been written after something went wrong. To be called when a file
    /// has been written, and not while things go wrong: every attempt would list the directory.
    /// </summary>
    public void SweepOnce()
    {
        if (Volatile.Read(ref _swept) != 0 || Interlocked.Exchange(ref _swept, 1) != 0)
            return;
        try
        {
            _atomic.SweepTemporaries(options.DropDirectory, isShared: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The directory can be written but not listed. Temporary files that are left do no harm: no consumer looks for them.
        }
    }

    /// <summary>The name that the file gets unless something else has it.</summary>
    public static string NameOf(DeliveryRequest request) => request.Id + FileNames.Message;

    /// <summary>
    /// Octets the file will have, the X-header block included: exact for a prepared file and for one that seems larger than the whole
    /// quota, otherwise as long as nothing is removed and no line end changes.
    /// </summary>
    public async ValueTask<long> ExpectedSizeAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.Prepared is { } prepared)
            return prepared.FileLength;
        if (EstimatedSize(request) is var estimate && estimate <= options.DropDirectoryQuota.Octets)
            return estimate;
        using var count = new CountingOutput();
        await WriteAsync(request, count, cancellationToken).ConfigureAwait(false);
        return count.Position;
    }

    /// <summary>True when an earlier attempt got this far: one of the names of the message leads to its octets (SE-3).</summary>
    public async ValueTask<bool> IsDeliveredAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        foreach (var name in NamesOf(request))
        {
            if (await IsThereAsync(request, PathOf(name), cancellationToken).ConfigureAwait(false))
                return true;
        }
        return false;
    }

    /// <summary>Writes the file, or gives a prepared one its new name. When something else has the name it gets one that sorts at the same
    /// place (SE-3).</summary>
    /// <returns>The file's name; not new when it is there already: it was delivered before, and nothing changed.</returns>
    /// <exception cref="DropDirectoryFullException">There is no room for its real size.</exception>
    /// <exception cref="DropNamesTakenException">Something else has each name.</exception>
    /// <param name="request">The message.</param>
    /// <param name="room">Grows to the real size.</param>
    /// <param name="mayMove">False when a report is due: the queue needs its file until that is made.</param>
    /// <param name="cancellationToken">Ends the call before the file has its name.</param>
    /// <exception cref="UnreadableMessageException">The message cannot be read.</exception>
    public async ValueTask<(string Name, bool IsNew)> WriteAsync(
        DeliveryRequest request, DropReservation room, bool mayMove, CancellationToken cancellationToken)
    {
        var taken = new List<string>();
        foreach (var name in NamesOf(request))
        {
            room.Rename(name);
            var isWritten = await TryWriteAsync(request, PathOf(name), room, mayMove, cancellationToken).ConfigureAwait(false);
            if (isWritten || await IsThereAsync(request, PathOf(name), cancellationToken).ConfigureAwait(false))
            {
                taken.ForEach(onTaken);
                return (name, isWritten);
            }
            taken.Add(name);
        }
        throw new DropNamesTakenException(NameOf(request), NamesOf(request).Last());
    }

    private static IEnumerable<string> NamesOf(DeliveryRequest request) =>
        Enumerable.Range(1, MaxNames).Select(
            number => number == 1 ? NameOf(request) : FormattableString.Invariant($"{request.Id}-{number}{FileNames.Message}"));

    private string PathOf(string name) => files.Path.Combine(options.DropDirectory, name);

    private long EstimatedSize(DeliveryRequest request)
    {
        using var block = new PooledBuffer(1024);
        EnvelopeBlockWriter.Write(Stamp(request.Envelope), block);
        return block.Written + request.Content.Length;
    }

    // False when the name is taken. A queue file that may not move is copied: the queue needs it until a report is made.
    private async ValueTask<bool> TryWriteAsync(
        DeliveryRequest request, string path, DropReservation room, bool mayMove, CancellationToken cancellationToken)
    {
        if (mayMove && request.Prepared is { } prepared && TryShare(prepared, Access))
        {
            var result = await _atomic.HandOverAsync(prepared, path, Flush, cancellationToken).ConfigureAwait(false);
            if (result == MoveResult.Gone)
                throw new UnreadableMessageException(new FileNotFoundException("the queue file is gone", prepared.Path));
            if (result != MoveResult.OtherVolume)
                return result == MoveResult.Moved;
        }
        // With a quota the real size may need the directory to be listed: not while others wait.
        return await _atomic.PublishAsync(
            path, (stream, token) => WriteAsync(request, room, stream, token), Flush, cancellationToken,
            isAtHand: request.Prepared is null && options.DropDirectoryQuota.IsUnlimited
                && MessageFile.IsAtHand(request.Content), Access).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsThereAsync(DeliveryRequest request, string path, CancellationToken cancellationToken)
    {
        using var there = Open(path);
        if (there is null)
            return false;
        using var comparison = new ComparingOutput(there);
        await WriteAsync(request, comparison, cancellationToken).ConfigureAwait(false);
        return comparison.IsWhole;
    }

    // This account did not write a file that it may not read.
    private Stream? Open(string path)
    {
        try
        {
            return platform.OpenRegular(path);
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async ValueTask WriteAsync(DeliveryRequest request, DropReservation room, Stream stream, CancellationToken cancellationToken)
    {
        await WriteAsync(request, stream, cancellationToken).ConfigureAwait(false);
        if (stream.Position > options.DropDirectoryQuota.Octets)
            throw new DropDirectoryFullException(isForGood: true);
        if (!room.TryResize(stream.Position))
            throw new DropDirectoryFullException();
    }

    private async ValueTask WriteAsync(DeliveryRequest request, Stream stream, CancellationToken cancellationToken)
    {
        using var output = new DropOutput(stream);
        try
        {
            if (request.Prepared is { } prepared)
            {
                using var source = prepared.OpenFile();
                await source.CopyToAsync(output, CopySize, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await MessageFile.WriteAsync(Stamp(request.Envelope), request.Content, output, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && e != output.Failure)
        {
            throw new UnreadableMessageException(e);
        }
    }

    private static bool TryShare(PreparedContent prepared, SharedAccess access) =>
        !access.Rules.MustBeCreated && prepared.TryShare(access.Mode, access.Rules.Group, access.Rules.GivesGroup);

    private MailEnvelope Stamp(MailEnvelope envelope) =>
        envelope.CreatedBy == MailEnvelope.UnspecifiedCreator ? envelope with { CreatedBy = options.CreatedBy } : envelope;
}

/// <summary>There is no room for a file, which may turn out only when it is written (DR-6).</summary>
/// <param name="isForGood">It is larger than the whole quota.</param>
internal sealed class DropDirectoryFullException(bool isForGood = false) : IOException("the Drop directory is full")
{
    /// <summary>True when there will never be room.</summary>
    public bool IsForGood { get; } = isForGood;
}

/// <summary>Files of others have every name that a message may get (SE-3): nothing is wrong with the Drop directory.</summary>
/// <param name="first">The first of the names.</param>
/// <param name="last">The last of them.</param>
internal sealed class DropNamesTakenException(
    string first, string last) : IOException($"something else has each name from '{first}' to '{last}'")
{
    /// <summary>The name that the message would have.</summary>
    public string First { get; } = first;

    /// <summary>The last name that was tried.</summary>
    public string Last { get; } = last;
}

/// <summary>The message that is to be delivered cannot be read: nothing is wrong with the Drop directory.</summary>
internal sealed class UnreadableMessageException(Exception cause) : IOException("the message cannot be read", cause);
