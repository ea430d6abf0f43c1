using System.Net.Http.Headers;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.Grains.Providers;
using ProxyCluster.Silo.CommandLine;

namespace ProxyCluster.Tests.Unit.Secrets;

/// <summary>No type that holds a secret prints it: not by a record's own text, and not by one of its own.</summary>
public sealed class SecretHoldersTests
{
    private static readonly Assembly[] Product =
    [
        typeof(ProxyClusterOptions).Assembly, typeof(IProviderGrain).Assembly, typeof(ProviderState).Assembly, typeof(Secret).Assembly, typeof(SiloCommands).Assembly,
    ];

    private static readonly Regex Telling = new(
        "(key|keys|secret|password|token|pepper|credential|credentials|authorization|kek)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    // Texts of records that are called like a secret, and are none.
    private static readonly Dictionary<string, string> NoSecrets = new(StringComparer.Ordinal)
    {
        ["ProviderDefinition.ApiKey"] = "a reference or an envelope",
        ["ProviderDefinition.ApiKeys"] = "references or envelopes",
        ["AuditRecord.Key"] = "the name of the key that it is sealed with",
        ["AuditRequest.AnchorKey"] = "a file's path",
        ["Secrets.Key"] = "prints nothing of itself",
    };

    // These have a text, and it holds nothing of the secret.
    private static readonly Type[] Masked = [typeof(Secret), typeof(KeyEncryptionKey), typeof(AwsCredentials), typeof(ServiceAccount)];

    // Members that hold a credential and are not called like one.
    private static readonly string[] Credentials = ["Credential.Source"];

    public static TheoryData<string> Holders => [.. Types().Where(HoldsSecret).Select(type => type.FullName!)];

    [Fact]
    public void Holders_AreFound() => Assert.InRange(Holders.Count, 8, 200);

    [Theory, MemberData(nameof(Holders))]
    public void Type_ThatHoldsASecretText_HasNoTextOfItsOwn(string name)
    {
        var type = Types().Single(one => one.FullName == name);
        var text = type.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance, [])!;

        // Of a class it is the type's name; what is generated for a record, or written, would print the members.
        Assert.True(text.DeclaringType == typeof(object) || text.DeclaringType == typeof(ValueType) || Masked.Contains(type), $"{name} prints itself.");
    }

    [Fact]
    public void Records_HoldNoTextThatIsCalledLikeASecret()
    {
        var found = Types().Where(IsRecord)
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(member => Telling.IsMatch(member.Name) && IsText(member.PropertyType))
                .Select(member => $"{type.Name}.{member.Name}"))
            .Where(member => !NoSecrets.ContainsKey(member))
            .Order(StringComparer.Ordinal);

        Assert.Equal([], found);
    }

    [Fact]
    public void Secrets_Printed_AreMasked()
    {
        Assert.Equal("***", new Secret("planted").ToString());
        Assert.Equal("***", $"{new Secret("planted")}");
        Assert.Equal("***", AwsCredentials.TryParse("AKIAIOSFODNN7EXAMPLE:planted0123456789abc")!.ToString());
        Assert.Equal("***", new Credential(CredentialKind.One, "Bearer planted", 7, true).ToString());
        Assert.DoesNotContain("112233", new KeyEncryptionKey([.. Enumerable.Repeat((byte)0x11, 32)]).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Records_ThatHoldACredential_PrintNothing()
    {
        var found = Types().Where(IsRecord).Where(HoldsCredential).ToList();

        Assert.Equal(["Credential", "Token"], found.Select(static type => type.Name).Order(StringComparer.Ordinal));
        Assert.True(PrintsMembers(typeof(JwtVerdict)));
        Assert.Equal([], found.Where(PrintsMembers).Select(static type => type.FullName));
    }

    // What is generated for a record calls PrintMembers; what is written in its place says nothing of the members.
    private static bool PrintsMembers(Type type) =>
        type.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance, [])!.IsDefined(typeof(CompilerGeneratedAttribute));

    private static bool HoldsCredential(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        .Any(member => member.PropertyType == typeof(AuthenticationHeaderValue) || Credentials.Contains($"{type.Name}.{member.Name}"));

    private static IEnumerable<Type> Types() => Product.SelectMany(assembly => assembly.GetTypes())
        .Where(type => !type.IsInterface && !type.IsEnum && !type.Name.Contains('<', StringComparison.Ordinal) && type.Namespace?.StartsWith("ProxyCluster", StringComparison.Ordinal) == true);

    private static bool HoldsSecret(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Any(member => member.IsDefined(typeof(SecretValueAttribute)))
        || (!IsRecord(type) && Fields(type).Any(field => IsText(field.FieldType) && Telling.IsMatch(NameOf(field)) && !field.IsStatic && IsSecretName(NameOf(field))))
        || type == typeof(Secret) || type == typeof(KeyEncryptionKey) || type == typeof(KnownSecrets);

    private static bool IsSecretName(string name) => !name.EndsWith("publicId", StringComparison.OrdinalIgnoreCase);

    private static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);

    // <Name>k__BackingField, <name>P, _name
    private static string NameOf(FieldInfo field) => field.Name.TrimStart('_', '<').Split('>')[0];

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static bool IsText(Type type) =>
        type == typeof(string) || type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) || (type.IsGenericType && type.GetGenericArguments() is [var only] && only == typeof(string));
}
