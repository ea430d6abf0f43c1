using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Silo.Hosting;

namespace ProxyCluster.Tests.Http.Hosting;

/// <summary>Secrets that a process cannot use keep it from starting, and are not first seen when somebody needs them.</summary>
public sealed class StartSecretTests : IDisposable
{
    private const string Short = "zq7-short-secret";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pc-start-secret-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("Audit:Key", "Audit:Key")]
    [InlineData("Audit:EarlierKeys:0", "Audit:EarlierKeys[0]")]
    [InlineData("Auth:Pepper", "Auth:Pepper")]
    [InlineData("Auth:PreviousPepper", "Auth:PreviousPepper")]
    public async Task Secret_ThatIsTooShort_RefusesTheStart_AndIsNotShown(string setting, string told)
    {
        var file = Path.Combine(_directory.FullName, "secret");
        await File.WriteAllTextAsync(file, Short, TestContext.Current.CancellationToken);
        await using var app = SiloApplication.Create(
        [
            "--Listen:Data=http://127.0.0.1:0", "--Listen:Admin=http://127.0.0.1:0", "--Listen:Ops=http://127.0.0.1:0", "--Cluster:SiloPort=0", "--Cluster:GatewayPort=0",
            $"--Cluster:DataDirectory={Path.Combine(_directory.FullName, "data")}", $"--{setting}=file:{file}",
        ]);

        var fault = await Assert.ThrowsAsync<PepperException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith(told + " is too short", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Short, fault.ToString(), StringComparison.Ordinal);
    }
}
