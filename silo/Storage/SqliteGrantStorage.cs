using System.Globalization;
using Microsoft.Data.Sqlite;
using Orleans.Serialization;
using Orleans.Storage;

namespace ProxyCluster.Silo.Storage;

/// <summary>States that are written before each grant, in a SQLite file of their own; those of many grains are committed together.</summary>
internal sealed class SqliteGrantStorage : IGrainStorage, IDisposable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS Grants
        (
            Id TEXT NOT NULL PRIMARY KEY,
            Version INTEGER NOT NULL,
            WrittenAt INTEGER NOT NULL,
            Payload BLOB NOT NULL
        ) WITHOUT ROWID;
        """;

    // Who read no row may only insert, who read one may only replace that very version; a row that has gone since may come anew.
    private const string Write = """
        INSERT INTO Grants (Id, Version, WrittenAt, Payload) VALUES (@id, @version + 1, @now, @payload)
        ON CONFLICT DO UPDATE SET Version = excluded.Version, WrittenAt = excluded.WrittenAt, Payload = excluded.Payload
            WHERE Grants.Version = @version;
        """;

    private static readonly TimeSpan TidiedEvery = TimeSpan.FromMinutes(10);

    private readonly Serializer _serializer;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _lifetime;
    private readonly GroupCommit _commits;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _write;
    private readonly SqliteCommand _clear;
    private readonly SqliteCommand _tidy;
    private readonly ITimer _timer;

    /// <summary>Opens the file, and makes it if it is not there.</summary>
    /// <param name="file">The database.</param>
    /// <param name="lifetime">What was not written for so long is dropped.</param>
    /// <param name="serializer">For the states.</param>
    /// <param name="clock">For their age.</param>
    public SqliteGrantStorage(string file, TimeSpan lifetime, Serializer serializer, TimeProvider clock)
    {
        _serializer = serializer;
        _clock = clock;
        _lifetime = lifetime;
        var connection = new SqliteConnection(SqliteStorage.ConnectionString(file));
        connection.Open();
        using (var schema = connection.CreateCommand())
        {
            schema.CommandText = Schema;
            schema.ExecuteNonQuery();
        }

        _read = Command(connection, "SELECT Version, Payload FROM Grants WHERE Id = @id", "@id");
        _write = Command(connection, Write, "@id", "@version", "@now", "@payload");
        _clear = Command(connection, "DELETE FROM Grants WHERE Id = @id AND Version = @version", "@id", "@version");
        _tidy = Command(connection, "DELETE FROM Grants WHERE WrittenAt < @before", "@before");
        _commits = new GroupCommit(connection);
        _timer = clock.CreateTimer(static storage => ((SqliteGrantStorage)storage!).Tidy(), this, TidiedEvery, TidiedEvery);
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var id = IdOf(stateName, grainId);
        (long Version, byte[] Payload)? found = null;
        await RunAsync(_read, command =>
        {
            command.Parameters["@id"].Value = id;
            using var row = command.ExecuteReader();
            found = row.Read() ? (row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : null;
        });
        grainState.RecordExists = found is not null;
        grainState.ETag = found?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.State = found is { } state ? _serializer.Deserialize<T>(state.Payload) : Activator.CreateInstance<T>();
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var id = IdOf(stateName, grainId);
        var version = VersionOf(grainState);
        var payload = _serializer.SerializeToArray(grainState.State);
        var written = 0;
        await RunAsync(_write, command =>
        {
            command.Parameters["@id"].Value = id;
            command.Parameters["@version"].Value = version;
            command.Parameters["@now"].Value = Now;
            command.Parameters["@payload"].Value = payload;
            written = command.ExecuteNonQuery();
        });
        Check(written, id, grainState.ETag);
        grainState.ETag = (version + 1).ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var id = IdOf(stateName, grainId);
        var version = VersionOf(grainState);
        await RunAsync(_clear, command =>
        {
            command.Parameters["@id"].Value = id;
            command.Parameters["@version"].Value = version;
            command.ExecuteNonQuery();
        });
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _commits.Dispose();
    }

    private static SqliteCommand Command(SqliteConnection connection, string text, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private static string IdOf(string stateName, GrainId grain) => $"{grain}/{stateName}";

    private static long VersionOf<T>(IGrainState<T> state) => state.ETag is null ? 0 : long.Parse(state.ETag, CultureInfo.InvariantCulture);

    private static void Check(int written, string id, string? expected)
    {
        if (written == 0)
        {
            throw new InconsistentStateException($"Another activation has written {id}.", "unknown", expected ?? "none");
        }
    }

    private Task RunAsync(SqliteCommand command, Action<SqliteCommand> run) => _commits.RunAsync(new StoreOperation(transaction =>
    {
        command.Transaction = transaction;
        run(command);
    }));

    private void Tidy() => _ = RunAsync(_tidy, command =>
    {
        command.Parameters["@before"].Value = Now - (long)_lifetime.TotalMilliseconds;
        command.ExecuteNonQuery();
    });
}
