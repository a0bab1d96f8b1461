namespace ForeignConnector.Lib.Smtp;

/// <summary>How this server makes itself known to a smart host. Immutable; its text has no secret in it.</summary>
public sealed class SmtpCredential
{
    private SmtpCredential(string userName, string secret, bool isToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(userName);
        ArgumentException.ThrowIfNullOrEmpty(secret);
        (UserName, Secret, IsAccessToken) = (userName, secret, isToken);
    }

    /// <summary>The name of the account.</summary>
    public string UserName { get; }

    /// <summary>True for a token of OAuth 2, false for a password.</summary>
    public bool IsAccessToken { get; }

    internal string Secret { get; }

    /// <summary>A password: SCRAM, CRAM-MD5, PLAIN or LOGIN, the first that the smart host offers.</summary>
    public static SmtpCredential Password(string userName, string password) => new(userName, password, false);

    /// <summary>An access token of OAuth 2: OAUTHBEARER or XOAUTH2.</summary>
    public static SmtpCredential AccessToken(string userName, string token) => new(userName, token, true);

    /// <summary>The name of the account.</summary>
    public override string ToString() => UserName;
}
