using Microsoft.Extensions.Configuration;

namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>
/// A configuration whose changes are followed. Not an <c>IOptionsChangeTokenSource</c>: the options monitor would throw a validation error
/// at whoever reloads the configuration.
/// </summary>
internal sealed record ConfigurationSource(IConfiguration Configuration);
