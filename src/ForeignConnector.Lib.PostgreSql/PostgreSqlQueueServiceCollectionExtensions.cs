using System.IO.Abstractions;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>Puts the queue of a transport into PostgreSQL.</summary>
public static class PostgreSqlQueueServiceCollectionExtensions
{
    /// <summary>
    /// Reads the section <c>Queue</c>. With the provider <c>PostgreSql</c> the queue is in that database; with <c>Directory</c>, or without
    /// the section, it stays in files. Call it before or after <c>AddForeignConnectors</c>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section <c>Queue</c> of <c>ForeignConnector</c>; it need not be there.</param>
    public static IServiceCollection AddPostgreSqlQueue(this IServiceCollection services, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddPackageSection(section, PostgreSqlQueueOptions.Keys, PostgreSqlQueueOptions.Problems);
        if (!string.Equals(section[nameof(PostgreSqlQueueOptions.Provider)]?.Trim(), PostgreSqlQueueOptions.ProviderName,
            StringComparison.OrdinalIgnoreCase))
            return services;
        services.AddSingleton(CreateDatabase);
        services.AddSingleton(CreateStore);
        return services.AddSingleton<IQueueStore>(provider => provider.GetRequiredService<PostgreSqlQueueStore>());
    }

    /// <summary>Creates the schema of the queue, or brings it up to date.</summary>
    /// <param name="provider">The services of a host that were given <see cref="AddPostgreSqlQueue"/>.</param>
    /// <param name="cancellationToken">Nothing is created when it ends the call.</param>
    /// <returns>True when something was created or changed; null when the queue is not in PostgreSQL.</returns>
    /// <exception cref="IOException">The database does not answer, or refuses.</exception>
    public static async Task<bool?> CreatePostgreSqlQueueSchemaAsync(
        this IServiceProvider provider, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(provider);
        if (provider.GetService<QueueDatabase>() is not { } database)
            return null;
        var options = provider.GetRequiredService<IOptions<PostgreSqlQueueOptions>>().Value;
        return await PostgreSqlSchema.CreateAsync(database.Source, options.Schema, cancellationToken).ConfigureAwait(false);
    }

    private static QueueDatabase CreateDatabase(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<PostgreSqlQueueOptions>>().Value;
        var text = options.ConnectionString;
        if (string.IsNullOrWhiteSpace(text))
        {
            var files = provider.GetRequiredService<IFileSystem>();
            var root = provider.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value.Transport.BaseDirectory ?? ".";
            text = files.File.ReadAllText(files.Path.Combine(root, options.ConnectionStringFile!)).Trim();
            if (DatabaseConnection.ProblemOf(text) is { } problem)
                throw new IOException($"Queue:{nameof(options.ConnectionStringFile)}: what the file holds {problem}");
        }
        return new QueueDatabase(DatabaseConnection.Create(text));
    }

    private static PostgreSqlQueueStore CreateStore(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<PostgreSqlQueueOptions>>().Value;
        options.HostName ??= provider.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value.Transport.ServerName;
        return new PostgreSqlQueueStore(
            provider.GetRequiredService<QueueDatabase>().Source, options, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgreSqlQueueStore>>());
    }

    /// <summary>The connections of the queue; an application may have others.</summary>
    internal sealed class QueueDatabase(NpgsqlDataSource source) : IDisposable
    {
        public NpgsqlDataSource Source => source;

        public void Dispose() => source.Dispose();
    }
}
