using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Storage;

namespace ProxyCluster.Tests.Unit.Storage;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("proxycluster-data-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void Directory_ThatIsTaken_RefusesASecondOwnerInOneSentence()
    {
        using var first = DataDirectory.Take(_path);

        var fault = Assert.Throws<StartFault>(() => DataDirectory.Take(_path));

        Assert.Equal($"The data directory {_path} is in use by another process. Stop it, or set Cluster:DataDirectory to another directory.", fault.Message);
    }

    [Fact]
    public void Directory_ThatWasLetGo_CanBeTakenAgain()
    {
        DataDirectory.Take(_path).Dispose();

        using var second = DataDirectory.Take(_path);
        Assert.Equal(Path.Combine(_path, "state.db"), second.Database);
    }

    [Fact]
    public void Directory_ThatCannotBeMade_IsToldWithTheCure()
    {
        var file = Path.Combine(_path, "file");
        File.WriteAllText(file, "");

        var fault = Assert.Throws<StartFault>(() => DataDirectory.Take(Path.Combine(file, "data")));

        Assert.Contains("cannot be written to", fault.Message, StringComparison.Ordinal);
    }
}
