using System.Globalization;
using System.Text;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Smtp.Dialogue;
using MailKit.Security;

namespace ForeignConnector.Lib.Smtp.Agent;

/// <summary>AUTH (RFC 4954), with the mechanisms of MailKit. A secret that could be read on the way is not sent.</summary>
internal static class Login
{
    private const int MaxRounds = 10;

    /// <summary>Logs in.</summary>
    /// <param name="wire">The connection, behind EHLO.</param>
    /// <param name="credential">Who we are.</param>
    /// <param name="features">What the server offers.</param>
    /// <param name="mayBeClear">The connection is encrypted, or does not leave this machine.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DialogueException">It did not work.</exception>
    public static async ValueTask RunAsync(
        SmtpWire wire, SmtpCredential credential, ServerFeatures features, bool mayBeClear, CancellationToken cancellationToken)
    {
        var mechanism = Mechanisms(credential, mayBeClear).FirstOrDefault(each => features.Mechanisms.Contains(each.MechanismName))
            ?? throw new DialogueException(new(4, 7, 4), mayBeClear
                ? "it offers no way to log in that this server knows"
                : "it offers no way to log in that keeps the secret without TLS");
        try
        {
            var first = mechanism.SupportsInitialResponse
                ? await mechanism.ChallengeAsync(null, cancellationToken).ConfigureAwait(false)
                : null;
            var reply = await wire.AskAsync(
                $"AUTH {mechanism.MechanismName}{(first is null ? "" : $" {(first.Length == 0 ? "=" : first)}")}", cancellationToken)
                .ConfigureAwait(false);
            for (var round = 0; reply.Code == 334 && round < MaxRounds; round++)
            {
                var answer = await mechanism.ChallengeAsync(reply.Text, cancellationToken).ConfigureAwait(false);
                reply = await wire.AskAsync(answer ?? "", cancellationToken).ConfigureAwait(false);
            }
            if (!reply.IsPositive)
                throw Refused(reply);
        }
        catch (Exception e) when (e is SaslException or FormatException or NotSupportedException)
        {
            throw new DialogueException(new(4, 7, 0), "the exchange of the login made no sense", e);
        }
    }

    // The reply of the server quotes no secret.
    private static DialogueException Refused(SmtpReply reply) => new(
        reply.Status is { Class: 4 or 5 } status ? new EnhancedStatusCode(4, status.Subject, status.Detail) : new(4, 7, 0),
        string.Create(CultureInfo.InvariantCulture, $"the login of this server was refused: {reply}"));

    private static IEnumerable<SaslMechanism> Mechanisms(SmtpCredential credential, bool mayBeClear)
    {
        var (user, secret) = (credential.UserName, credential.Secret);
        if (!credential.IsAccessToken)
        {
            yield return new SaslMechanismScramSha512(user, secret);
            yield return new SaslMechanismScramSha256(user, secret);
            yield return new SaslMechanismScramSha1(user, secret);
            yield return new SaslMechanismCramMd5(user, secret);
        }
        if (!mayBeClear)
            yield break;
        if (credential.IsAccessToken)
        {
            yield return new Bearer(user, secret);
            yield return new SaslMechanismOAuth2(user, secret);
        }
        else
        {
            yield return new SaslMechanismPlain(user, secret);
            yield return new SaslMechanismLogin(user, secret);
        }
    }

    // OAUTHBEARER (RFC 7628). MailKit's own needs an address that only MailKit can set.
    private sealed class Bearer(string user, string token) : SaslMechanism(user, token)
    {
        public override string MechanismName => "OAUTHBEARER";

        public override bool SupportsInitialResponse => true;

        protected override byte[] Challenge(byte[]? token, int startIndex, int length, CancellationToken cancellationToken)
        {
            // What comes after the first is an error, which is answered by one octet (3.2.3).
            if (IsAuthenticated)
                return [1];
            IsAuthenticated = true;
            return Encoding.UTF8.GetBytes(
                $"n,a={Credentials.UserName.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},"
                + $"\u0001auth=Bearer {Credentials.Password}\u0001\u0001");
        }
    }
}
