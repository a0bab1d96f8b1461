using System.Collections.Immutable;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Smtp.Dialogue;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>Gathers what became of the recipients of one message (SM-3, SM-4).</summary>
/// <param name="request">The message.</param>
/// <param name="host">Who answers.</param>
/// <param name="isDsnOffered">What the sender asked for was passed on.</param>
internal sealed class SmtpOutcomes(DeliveryRequest request, string host, bool isDsnOffered)
{
    private readonly ImmutableArray<RecipientOutcome>.Builder _outcomes =
        ImmutableArray.CreateBuilder<RecipientOutcome>(request.Envelope.Recipients.Length);
    private RecipientOutcome? _brokenOff;

    /// <summary>What the server said about everything that waits.</summary>
    public QueueVerdict? Queue { get; private set; }

    public bool HasAny => _outcomes.Count > 0;

    public void Add(IEnumerable<RecipientOutcome> outcomes) => _outcomes.AddRange(outcomes);

    /// <summary>The server took the message. Without DSN nobody will report, and only who asked for it is told so.</summary>
    public void AddSuccess(IEnumerable<EnvelopeRecipient> recipients, SmtpReply reply)
    {
        foreach (var recipient in recipients)
        {
            var outcome = isDsnOffered ? RecipientOutcome.Delivered(recipient) : RecipientOutcome.Relayed(recipient);
            _outcomes.Add(outcome with
            {
                NeedsNoReport = isDsnOffered || !recipient.Notify.HasFlag(DsnNotify.Success),
                RemoteHost = host,
                Diagnostic = DiagnosticCode.Smtp(reply.ToString()),
            });
        }
    }

    /// <summary>The server refused recipients, for now or for good. With 421 it takes its leave, and the queue waits.</summary>
    public void AddRefusal(IEnumerable<EnvelopeRecipient> recipients, SmtpReply reply, string what)
    {
        var text = $"The next mail system ({host}) did not take {what}: {reply}";
        // What it wants to know of this server is nothing that the sender could do something about.
        if (reply.Code is 421 or 530 or 538)
        {
            var status = reply.Status;
            Queue ??= QueueVerdict.Defer(
                new SmtpResponse(reply.Code == 421 ? 421 : 454, new(4, status.Subject, status.Detail), text), remoteHost: host);
            return;
        }
        foreach (var recipient in recipients)
        {
            var outcome = reply.IsPermanent
                ? RecipientOutcome.Failed(recipient, reply.Status, text)
                : RecipientOutcome.Deferred(recipient, reply.Status, text);
            _outcomes.Add(outcome with { RemoteHost = host, Diagnostic = DiagnosticCode.Smtp(reply.ToString()) });
        }
    }

    /// <summary>The dialogue broke off. Before the content went over that concerns whatever comes next as well.</summary>
    public void BreakOff(DialogueException e, TransactionPhase phase)
    {
        var text = phase switch
        {
            TransactionPhase.Envelope => $"The next mail system ({host}) cannot be used now: {e.Message}.",
            TransactionPhase.Content => $"The message could not be sent to the next mail system ({host}): {e.Message}.",
            _ => $"The next mail system ({host}) was sent the message and did not say whether it has it: {e.Message}.",
        };
        if (phase == TransactionPhase.Envelope)
            Queue ??= QueueVerdict.Defer(new SmtpResponse(451, e.Status, text), remoteHost: host);
        _brokenOff = RecipientOutcome.Deferred(request.Envelope.Recipients[0], e.Status, text) with { RemoteHost = host };
    }

    /// <summary>The outcomes. Recipients without one get what broke the dialogue off.</summary>
    public DeliveryReport ToReport()
    {
        if (_brokenOff is not null && Queue is null)
        {
            var left = request.Envelope.Recipients.ToList();
            foreach (var outcome in _outcomes)
                left.Remove(outcome.Recipient);
            foreach (var recipient in left)
                _outcomes.Add(_brokenOff with { Recipient = recipient });
        }
        return new DeliveryReport(_outcomes.ToImmutable()) { Queue = Queue };
    }
}
