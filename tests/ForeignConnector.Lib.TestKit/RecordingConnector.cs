using System.Collections.Immutable;
using System.Text;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.TestKit;

/// <summary>Delivers every message and remembers it.</summary>
public class RecordingConnector : IForeignConnector
{
    /// <summary>One delivery.</summary>
    /// <param name="Id">The id of the request.</param>
    /// <param name="Recipients">Their addresses, in order.</param>
    /// <param name="Octets">The message, one character for each octet (Latin-1).</param>
    public sealed record Delivery(string Id, ImmutableArray<string> Recipients, string Octets);

    private readonly List<Delivery> _deliveries = [];

    /// <inheritdoc/>
    public int MaxConcurrentDeliveries { get; init; } = 1;

    /// <summary>What came, in order of arrival.</summary>
    public IReadOnlyList<Delivery> Deliveries
    {
        get
        {
            lock (_deliveries)
                return [.. _deliveries];
        }
    }

    /// <inheritdoc/>
    public async ValueTask<DeliveryReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var octets = new MemoryStream();
        using (var stream = request.Content.OpenRead())
            await stream.CopyToAsync(octets, cancellationToken).ConfigureAwait(false);
        var delivery = new Delivery(
            request.Id, [.. request.Envelope.Recipients.Select(recipient => recipient.Address)],
            Encoding.Latin1.GetString(octets.ToArray()));
        lock (_deliveries)
            _deliveries.Add(delivery);
        return await AnswerAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What became of the recipients: all are delivered.</summary>
    protected virtual ValueTask<DeliveryReport> AnswerAsync(DeliveryRequest request, CancellationToken cancellationToken) =>
        new(DeliveryReport.ForAll(request, RecipientOutcome.Delivered));
}
