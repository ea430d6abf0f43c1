using Microsoft.IdentityModel.Tokens;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>A public key of Ed25519 (RFC 8032). Neither .NET 10 nor the token library checks its signatures: Bouncy Castle does.</summary>
internal sealed class Ed25519Key : AsymmetricSecurityKey
{
    private readonly byte[] _point;

    private Ed25519Key(byte[] point)
    {
        _point = point;
        CryptoProviderFactory = new CryptoProviderFactory { CustomCryptoProvider = new Provider(), CacheSignatureProviders = false };
    }

    /// <inheritdoc/>
    public override int KeySize => Ed25519.PublicKeySize * 8;

    /// <inheritdoc/>
    [Obsolete("Asks whether there is a private key; there never is.")]
    public override bool HasPrivateKey => false;

    /// <inheritdoc/>
    public override PrivateKeyStatus PrivateKeyStatus => PrivateKeyStatus.DoesNotExist;

    /// <summary>Takes a key.</summary>
    /// <param name="point">As in <c>x</c>.</param>
    /// <returns><see langword="null"/>: it is no point of the curve, or one of a small order, for which anybody can sign.</returns>
    public static Ed25519Key? Create(byte[] point) =>
        point.Length == Ed25519.PublicKeySize && Ed25519.ValidatePublicKeyFull(point, 0) ? new(point) : null;

    private bool Verify(byte[] input, int offset, int length, byte[] signature, int signatureOffset, int signatureLength) =>
        signatureLength == Ed25519.SignatureSize && Ed25519.Verify(signature, signatureOffset, _point, 0, input, offset, length);

    private sealed class Provider : ICryptoProvider
    {
        public bool IsSupportedAlgorithm(string algorithm, params object[] args) => algorithm == "EdDSA" && args is [Ed25519Key, ..];

        public object Create(string algorithm, params object[] args) => new Verifier((Ed25519Key)args[0], algorithm);

        public void Release(object cryptoInstance) => (cryptoInstance as IDisposable)?.Dispose();
    }

    private sealed class Verifier(Ed25519Key key, string algorithm) : SignatureProvider(key, algorithm)
    {
        public override byte[] Sign(byte[] input) => throw new NotSupportedException("There is no private key.");

        public override bool Verify(byte[] input, byte[] signature) => key.Verify(input, 0, input.Length, signature, 0, signature.Length);

        public override bool Verify(byte[] input, int inputOffset, int inputLength, byte[] signature, int signatureOffset, int signatureLength) =>
            key.Verify(input, inputOffset, inputLength, signature, signatureOffset, signatureLength);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
