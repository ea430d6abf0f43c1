using System.Text;
using ProxyCluster.GatewayApi.PassThrough;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A form: its first line is its content type, the rest its body. The model that is found stands where it is said to.</summary>
internal sealed class FormTarget : FuzzTarget
{
    private const int MostModelBytes = 256;

    private readonly ModelNames _names = new();

    /// <inheritdoc/>
    public override string Name => "form";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "multipart/form-data; boundary=b\n", "--b\r\n", "--b--\r\n", "\r\n\r\n", "Content-Disposition: form-data; name=\"model\"\r\n", "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n",
        "Content-Type: audio/wav\r\n", "boundary=\"b\"", "name=model",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["PassThrough/FormScanner.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("PassThrough/FormScanner.cs", "if (name.Length > MostModelBytes");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var end = input.AsSpan().IndexOf((byte)'\n');
        if (end < 0 || !FormScanner.IsForm(Encoding.Latin1.GetString(input, 0, end).TrimEnd('\r'), out var type))
        {
            return 0;
        }

        var body = input.AsMemory(end + 1);
        var reading = FormScanner.ScanAsync(body, InferenceOperation.Transcriptions, type!, _names).AsTask().GetAwaiter().GetResult();
        if (reading.Request is not { } request)
        {
            ErrorReading.MustBeFit(reading.Refusal!);
            return HashCode.Combine(reading.Refusal!.Code, reading.Refusal.Message.Length);
        }

        var model = body.Span[request.ModelToken];
        if (!Encoding.UTF8.GetBytes(request.Model).AsSpan().SequenceEqual(model) || model.Length is 0 or > MostModelBytes || model.ContainsAnyInRange((byte)0, (byte)0x1f))
        {
            throw new InvalidDataException($"This is taken for a model's name: '{request.Model}'.");
        }

        return model.Length;
    }
}
