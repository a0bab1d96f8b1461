using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport.Configuration;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.DependencyInjection;

namespace Outside.Paging;

/// <summary>The section <c>Pager</c> of a connector with <c>"DeliveryProtocol": "PAGER"</c>.</summary>
internal sealed class PagerSettings
{
    public static ConfigurationTable<PagerSettings> Keys { get; } = new ConfigurationTable<PagerSettings>()
        .Text("Network", pager => pager.Network, (pager, value) => pager.Network = value, check: ConfigurationText.NotEmpty)
        .Number("Lines", pager => pager.Lines, (pager, value) => pager.Lines = value, least: 1, most: 8);

    public string Network { get; set; } = "";

    public int Lines { get; set; } = 1;

    public static ConnectorType Kind(PagerNetwork network, Action<PagerConnector>? made = null) =>
        ConnectorType.Create(
            "PAGER", Keys,
            (_, settings) =>
            {
                var connector = new PagerConnector(network, settings);
                made?.Invoke(connector);
                return connector;
            },
            settings => settings is { Network: "private", Lines: > 1 } ? ["Lines: a private network has one"] : []);
}

/// <summary>What the package of this connector brings for hosts.</summary>
internal static class PagerServiceCollectionExtensions
{
    public static IServiceCollection AddPager(
        this IServiceCollection services, PagerNetwork network, Action<PagerConnector>? made = null) =>
        services.AddConnectorType(PagerSettings.Kind(network, made));
}
