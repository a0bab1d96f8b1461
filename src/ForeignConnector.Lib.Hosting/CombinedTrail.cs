using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Hosting;

/// <summary>
/// Every registered <see cref="IMessageTrail"/> as one: ours, and those an application adds with <c>services.AddSingleton&lt;IMessageTrail, …&gt;()</c>.
/// </summary>
internal sealed class CombinedTrail(IEnumerable<IMessageTrail> trails, ILogger<CombinedTrail> logger)
{
    public IMessageTrail Trail { get; } = MessageTrails.Combine(trails, logger);
}

/// <summary>How parts of the transport get their trail.</summary>
internal static class CombinedTrailExtensions
{
    /// <summary>Where to record what happens to messages.</summary>
    public static IMessageTrail Trail(this IServiceProvider provider) => provider.GetRequiredService<CombinedTrail>().Trail;
}
