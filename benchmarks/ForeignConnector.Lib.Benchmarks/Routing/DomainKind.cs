namespace ForeignConnector.Lib.Benchmarks.Routing;

/// <summary>What the recipient's domain finds in the table.</summary>
public enum DomainKind
{
    /// <summary>Its own space, <c>mail.contoso7.com</c>.</summary>
    Exact,

    /// <summary>A space above it, <c>*.fabrikam7.com</c>.</summary>
    Wildcard,

    /// <summary>Only <c>*</c>.</summary>
    Default,

    /// <summary>Nothing: there is no <c>*</c>.</summary>
    Missing,
}
