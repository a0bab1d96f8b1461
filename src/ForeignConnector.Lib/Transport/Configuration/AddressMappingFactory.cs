using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;
using ForeignConnector.Lib.Routing;

namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>Makes the address mappings of a configuration (IM-5).</summary>
internal static class AddressMappingFactory
{
    /// <summary>Everything that is wrong with them; keys are relative to <c>Transport</c>.</summary>
    public static IEnumerable<RoutingProblem> Validate(TransportOptions options)
    {
        var domains = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.AddressMappings.Count; i++)
        {
            var (key, mapping) = ($"AddressMappings:{i}", options.AddressMappings[i]);
            if (Problem(() => _ = new AddressMapping(mapping.Domain, "FAX")) is not null)
                yield return new($"{key}:Domain", $"'{mapping.Domain}' is not a domain name");
            else if (!domains.Add(new AddressMapping(mapping.Domain, "FAX").Domain))
                yield return new($"{key}:Domain", $"the domain '{mapping.Domain}' is mapped twice");
            if (Problem(() => _ = new AddressMapping("contoso.com", mapping.Type)) is not null)
                yield return new(
                    $"{key}:Type", $"'{mapping.Type}' is not a type of wrapped addresses; write letters and digits, not SMTP and not X500");
            if (Problem(() => _ = new AddressMapping("contoso.com", "FAX") { Prefix = mapping.Prefix }) is { } problem)
                yield return new($"{key}:Prefix", problem.Reason);
        }
    }

    public static IEnumerable<AddressMapping> Create(TransportOptions options) => options.AddressMappings.Select(Create);

    /// <summary>The domain in which mapped addresses are wrapped: one in which they are understood, if there is one.</summary>
    public static string? Domain(TransportOptions options) =>
        options.AcceptedDomains.Contains(options.DefaultDomain ?? "", StringComparer.OrdinalIgnoreCase)
            ? options.DefaultDomain
            : options.AcceptedDomains.FirstOrDefault();

    private static AddressMapping Create(AddressMappingOptions options)
    {
        var mapping = new AddressMapping(options.Domain, options.Type) { Prefix = options.Prefix };
        return options.Number is { } isNumber
            ? new AddressMapping(options.Domain, options.Type) { Prefix = options.Prefix, IsNumber = isNumber }
            : mapping;
    }

    private static MailFormatException? Problem(Action make)
    {
        try
        {
            make();
            return null;
        }
        catch (MailFormatException e)
        {
            return e;
        }
    }
}
