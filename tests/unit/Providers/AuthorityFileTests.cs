using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers;

public sealed class AuthorityFileTests : IDisposable
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("proxycluster-authorities-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_BehindALinkToAFolderThatIsReplaced_IsReadAnew()
    {
        // As Kubernetes mounts it: the file is a link into a folder, and that folder a link that is changed.
        using var old = Authority("old");
        using var renewed = Authority("renewed");
        Mount("first", old);
        Link("..data", "first");
        var path = Link("ca.crt", "..data/ca.crt");
        Assert.True(AuthorityFile.TryOpen(path, NullLogger.Instance, out var file, out _));
        Assert.Equal((true, false), (IsAccepted(file, old), IsAccepted(file, renewed)));

        Mount("second", renewed);
        File.Delete(Path.Combine(_folder, "..data"));
        Link("..data", "second");

        Assert.Equal((false, true), (IsAccepted(file, old), IsAccepted(file, renewed)));
    }

    [Fact]
    public void File_ThatIsGoneOrBroken_LeavesTheLastInForce()
    {
        using var authority = Authority("a");
        Mount("folder", authority);
        var path = Path.Combine(_folder, "folder", "ca.crt");
        Assert.True(AuthorityFile.TryOpen(path, NullLogger.Instance, out var file, out _));

        File.WriteAllText(path, "no certificate");
        Assert.True(IsAccepted(file, authority));
        File.Delete(path);
        Assert.True(IsAccepted(file, authority));
    }

    private static bool IsAccepted(AuthorityFile file, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        using var server = request.Create(authority, From.AddDays(1), From.AddYears(49), [1, 2, 3]);
        using var chain = new X509Chain();
        return file.Accepts(server, chain, SslPolicyErrors.RemoteCertificateChainErrors);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(From, From.AddYears(50));
    }

    private void Mount(string folder, X509Certificate2 authority) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, folder)).FullName, "ca.crt"), authority.ExportCertificatePem());

    private string Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(_folder, name), target).FullName;
}
