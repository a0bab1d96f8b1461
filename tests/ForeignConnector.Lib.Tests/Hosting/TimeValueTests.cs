using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>Times of the configuration are what an administrator means by them.</summary>
public class TimeValueTests
{
    [Theory]
    [InlineData("1.00:00:00", 24 * 3600)]
    [InlineData("23:59:59", 24 * 3600 - 1)]
    [InlineData("00:00:05", 5)]
    [InlineData("2.12:00:00", 60 * 3600)]
    public void Reads_days_hours_minutes_and_seconds(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Bind(text).Transport.MessageExpirationTimeout);

    [Theory(DisplayName = "What .NET would take for days without being told so is refused, with its key")]
    [InlineData("24:00:00")]
    [InlineData("48:00:00")]
    [InlineData("7")]
    [InlineData("soon")]
    public void Refuses_what_is_not_meant(string text)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(text));

        Assert.Contains($"Transport:MessageExpirationTimeout: '{text}' is not a time such as 00:00:05 or 2.00:00:00", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    private static ForeignConnectorOptions Bind(string expiration)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Transport:MessageExpirationTimeout", (string?)expiration)]).Build();
        using var services = new ServiceCollection().AddLogging().AddForeignConnectors(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value;
    }
}
