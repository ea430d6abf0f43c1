using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Providers;
using Orleans.Storage;

namespace ProxyCluster.Silo.Storage;

/// <summary>Grain state in one SQLite file, for a process that is its own cluster.</summary>
internal static class SqliteStorage
{
    // Orleans' name for any SQLite; it loads Microsoft.Data.Sqlite under it.
    private const string Invariant = "System.Data.SQLite";

    /// <summary>Adds the storage <c>Default</c>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="file">The database; made if it is not there.</param>
    public static void AddSqliteStorage(this ISiloBuilder silo, string file)
    {
        const string Name = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        var connection = ConnectionString(file);
        CreateSchema(connection);
        silo.AddAdoNetGrainStorage(Name, options =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = connection;
        });
        silo.Services.AddSingleton<StorageThread>();
        silo.Services.Replace(ServiceDescriptor.KeyedSingleton<IGrainStorage>(Name, (provider, _) =>
            new OwnThreadStorage(AdoNetGrainStorageFactory.Create(provider, Name), provider.GetRequiredService<StorageThread>())));
    }

    /// <summary>Private cache: a shared one takes table locks that no busy time-out waits for.</summary>
    public static string ConnectionString(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Cache = SqliteCacheMode.Private,
        Mode = SqliteOpenMode.ReadWriteCreate,
        Pooling = true,
        // Seconds a command waits for a writer in another process, such as a backup.
        DefaultTimeout = 5,
    }.ToString();

    /// <summary>Makes what is missing. Safe to run on a database that is complete.</summary>
    public static void CreateSchema(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        using var script = typeof(SqliteStorage).Assembly.GetManifestResourceStream("ProxyCluster.Silo.Storage.schema.sql")!;
        using var reader = new StreamReader(script);
        command.CommandText = "PRAGMA journal_mode = WAL;";
        command.ExecuteNonQuery();
        using var transaction = connection.BeginTransaction();
        command.Transaction = transaction;
        command.CommandText = reader.ReadToEnd();
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}
