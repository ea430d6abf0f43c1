using System.Globalization;
using Microsoft.Data.Sqlite;
using ProxyCluster.Silo.Storage;

namespace ProxyCluster.Tests.Unit.Storage;

/// <summary>The three queries that Orleans runs, with the versions it gives and expects.</summary>
public sealed class SqliteQueryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("proxycluster-sqlite-").FullName;
    private readonly SqliteConnection _connection;

    public SqliteQueryTests()
    {
        var connection = SqliteStorage.ConnectionString(Path.Combine(_directory, "state.db"));
        SqliteStorage.CreateSchema(connection);
        SqliteStorage.CreateSchema(connection);
        _connection = new(connection);
        _connection.Open();
    }

    public void Dispose()
    {
        SqliteConnection.ClearPool(_connection);
        _connection.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Database_AfterItsSchema_WritesAhead()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode;";

        Assert.Equal("wal", command.ExecuteScalar());
    }

    [Fact]
    public void Writes_OfOneOwner_CountVersions()
    {
        Assert.Equal(1, Write("a", version: null, payload: 1));
        Assert.Equal(2, Write("a", version: 1, payload: 2));
        Assert.Equal(((byte)2, 2), Read("a"));
    }

    [Fact]
    public void Write_OfAVersionThatIsGone_ComesBackAsItWas()
    {
        Write("a", version: null, payload: 1);
        Write("a", version: 1, payload: 2);

        Assert.Equal(1, Write("a", version: 1, payload: 3));
        Assert.Equal(((byte)2, 2), Read("a"));
    }

    [Fact]
    public void Write_OfASecondFirst_ChangesNothing()
    {
        Write("a", version: null, payload: 1);

        Assert.Null(Write("a", version: null, payload: 2));
        Assert.Equal(((byte)1, 1), Read("a"));
    }

    [Fact]
    public void Write_OfAVersionThatNeverWas_MakesNothing()
    {
        Assert.Equal(7, Write("a", version: 7, payload: 1));
        Assert.Null(Read("a"));
    }

    [Fact]
    public void Clear_OfTheRightVersion_EmptiesAndCounts()
    {
        Write("a", version: null, payload: 1);

        Assert.Equal(2, Run("ClearStorageKey", "a", 1, null));
        Assert.Equal((null, 2), Read("a"));
        Assert.Equal(1, Run("ClearStorageKey", "a", 1, null));
    }

    [Fact]
    public void Grains_WithAndWithoutText_AreApart()
    {
        Write(null, version: null, payload: 1);
        Write("a", version: null, payload: 2);

        Assert.Equal(((byte)1, 1), Read(null));
        Assert.Equal(((byte)2, 1), Read("a"));
    }

    private int? Write(string? text, int? version, byte payload) => Run("WriteToStorageKey", text, version, [payload]);

    private int? Run(string query, string? text, int? version, byte[]? payload)
    {
        using var command = Command(query, text);
        command.Parameters.AddWithValue("@GrainStateVersion", (object?)version ?? DBNull.Value);
        command.Parameters.AddWithValue("@PayloadBinary", (object?)payload ?? DBNull.Value);
        var result = command.ExecuteScalar();
        return result is null or DBNull ? null : Convert.ToInt32(result, CultureInfo.InvariantCulture);
    }

    private (byte? Payload, int Version)? Read(string? text)
    {
        using var command = Command("ReadFromStorageKey", text);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.IsDBNull(0) ? null : reader.GetFieldValue<byte[]>(0)[0], reader.GetInt32(1)) : null;
    }

    private SqliteCommand Command(string query, string? text)
    {
        using var find = _connection.CreateCommand();
        find.CommandText = "SELECT QueryText FROM OrleansQuery WHERE QueryKey = @key";
        find.Parameters.AddWithValue("@key", query);
        var command = _connection.CreateCommand();
        command.CommandText = (string)find.ExecuteScalar()!;
        command.Parameters.AddWithValue("@GrainIdHash", 1);
        command.Parameters.AddWithValue("@GrainTypeHash", 2);
        command.Parameters.AddWithValue("@GrainIdN0", 0L);
        command.Parameters.AddWithValue("@GrainIdN1", 0L);
        command.Parameters.AddWithValue("@GrainTypeString", "type");
        command.Parameters.AddWithValue("@GrainIdExtensionString", (object?)text ?? DBNull.Value);
        command.Parameters.AddWithValue("@ServiceId", "service");
        return command;
    }
}
