using System.Runtime.CompilerServices;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace ProxyCluster.Tests.Fuzz.Probing;

/// <summary>
/// Rewrites an assembly in memory: every statement marks that it was reached, and every planted bug can be switched on.
/// </summary>
/// <remarks>
/// A probe is one store into an array of bytes. Coverage tools write their counts when the process ends; here they are
/// needed after each input, to choose what is mutated further, and for each parser by itself.
/// </remarks>
internal sealed class Prober
{
    /// <summary>Added to every assembly that is rewritten; has the two fields below.</summary>
    public const string HolderName = "ProxyCluster.Probes";

    /// <summary><c>byte[]</c>: a probe's place becomes 1 when its statement is reached.</summary>
    public const string HitsField = "Hits";

    /// <summary><c>int</c>: the number of the bug that is planted; 0: none.</summary>
    public const string PlantedField = "Planted";

    // With how much of the folder's own name is left out of a file's.
    private static readonly (string Folder, int Kept)[] Folders = [("/gateway-api/", "/gateway-api/".Length), ("/core/", 1)];

    private readonly IReadOnlyList<PlantedBug> _bugs;
    private readonly HashSet<PlantedBug> _found = [];
    private readonly List<string> _files = [];
    private readonly List<string> _methods = [];
    private readonly List<int> _firstLines = [];
    private readonly List<int> _lastLines = [];
    private readonly Dictionary<string, string[]> _sources = new(StringComparer.Ordinal);

    /// <param name="bugs">Their numbers are their places, from 1.</param>
    public Prober(IReadOnlyList<PlantedBug> bugs) => _bugs = bugs;

    /// <summary>All probes of all assemblies so far.</summary>
    public ProbeMap Map => new([.. _files], [.. _methods], [.. _firstLines], [.. _lastLines]);

    /// <summary>Bugs whose guard was met in no assembly: their lines have changed.</summary>
    public IEnumerable<PlantedBug> Unmet => _bugs.Except(_found);

    /// <summary>Rewrites one assembly whose symbols stand beside it.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="resolver">Finds what it refers to.</param>
    public byte[] Rewrite(string path, IAssemblyResolver resolver)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path, new ReaderParameters { ReadSymbols = true, AssemblyResolver = resolver });
        var module = assembly.MainModule;
        var holder = AddHolder(module);
        foreach (var method in module.GetTypes().Where(type => type != holder.Type).SelectMany(static type => type.Methods).Where(IsMarked))
        {
            Rewrite(method, holder);
        }

        using var output = new MemoryStream();
        assembly.Write(output);
        return output.ToArray();
    }

    // Tables are made once in a process, for whichever parser comes first: they tell nothing of an input.
    private static bool IsMarked(MethodDefinition method) => method.HasBody && method.Name != ".cctor";

    private static Holder AddHolder(ModuleDefinition module)
    {
        var dot = HolderName.LastIndexOf('.');
        var type = new TypeDefinition(
            HolderName[..dot], HolderName[(dot + 1)..], TypeAttributes.Class | TypeAttributes.Sealed | TypeAttributes.Abstract | TypeAttributes.NotPublic, module.TypeSystem.Object);
        var hits = new FieldDefinition(HitsField, FieldAttributes.Static | FieldAttributes.Assembly, new ArrayType(module.TypeSystem.Byte));
        var planted = new FieldDefinition(PlantedField, FieldAttributes.Static | FieldAttributes.Assembly, module.TypeSystem.Int32);
        type.Fields.Add(hits);
        type.Fields.Add(planted);
        module.Types.Add(type);
        return new Holder(type, hits, planted);
    }

    private void Rewrite(MethodDefinition method, Holder holder)
    {
        var points = method.DebugInformation.SequencePoints
            .Where(static point => !point.IsHidden)
            .Select(point => (Point: point, Source: SourceOf(point.Document.Url)))
            .Where(static point => point.Source is not null)
            .ToList();
        if (points.Count == 0)
        {
            return;
        }

        var body = method.Body;
        body.SimplifyMacros();
        var il = body.GetILProcessor();
        var marks = points.Select(static point => point.Point.Offset).Order().ToList();
        var statements = points.ConvertAll(point => (point.Point, Source: point.Source!, Instructions: Statement(body, point.Point.Offset, marks)));
        foreach (var (point, source, instructions) in statements)
        {
            if (BugAt(source, point) is { } bug && instructions.FindLast(static i => i.OpCode.FlowControl == FlowControl.Cond_Branch && i.OpCode != OpCodes.Switch) is { } branch)
            {
                SwitchOff(il, branch, bug, holder);
                _found.Add(_bugs[bug - 1]);
            }
        }

        var name = SourceNameOf(method);
        foreach (var (point, source, instructions) in statements)
        {
            Mark(il, instructions[0], _files.Count, holder);
            _files.Add(source);
            _methods.Add(name);
            _firstLines.Add(point.StartLine);
            _lastLines.Add(point.EndLine);
        }

        body.OptimizeMacros();
    }

    // Up to where the next statement begins: what a debug build hides between the two belongs to this one.
    private static List<Instruction> Statement(MethodBody body, int offset, List<int> marks)
    {
        var next = marks.Find(mark => mark > offset);
        return [.. body.Instructions.Where(i => i.Offset >= offset && (next == 0 || i.Offset < next))];
    }

    // What jumps to the instruction has to come by the probe: so the instruction itself becomes the probe's first, and a copy of it follows.
    private static Instruction Displace(ILProcessor il, Instruction at)
    {
        var moved = Instruction.Create(OpCodes.Nop);
        (moved.OpCode, moved.Operand) = (at.OpCode, at.Operand);
        il.InsertAfter(at, moved);
        return moved;
    }

    private static void Mark(ILProcessor il, Instruction at, int probe, Holder holder)
    {
        var moved = Displace(il, at);
        (at.OpCode, at.Operand) = (OpCodes.Ldsfld, holder.Hits);
        il.InsertBefore(moved, Instruction.Create(OpCodes.Ldc_I4, probe));
        il.InsertBefore(moved, Instruction.Create(OpCodes.Ldc_I4_1));
        il.InsertBefore(moved, Instruction.Create(OpCodes.Stelem_I1));
    }

    // The compiler jumps over an if's body where its condition is false.
    private void SwitchOff(ILProcessor il, Instruction branch, int bug, Holder holder)
    {
        var moved = Displace(il, branch);
        (branch.OpCode, branch.Operand) = (OpCodes.Ldsfld, holder.Planted);
        il.InsertBefore(moved, Instruction.Create(OpCodes.Ldc_I4, bug));
        il.InsertBefore(moved, Instruction.Create(OpCodes.Bne_Un, moved));
        var operands = moved.OpCode.StackBehaviourPop == StackBehaviour.Pop1_pop1 ? 2 : 1;
        for (var i = 0; i < operands; i++)
        {
            il.InsertBefore(moved, Instruction.Create(OpCodes.Pop));
        }

        il.InsertBefore(moved, Instruction.Create(OpCodes.Br, _bugs[bug - 1].CountsAs ? moved.Next : (Instruction)moved.Operand));
    }

    private int? BugAt(string source, SequencePoint point)
    {
        for (var i = 0; i < _bugs.Count; i++)
        {
            if (_bugs[i].File == source && LineOf(source, point).StartsWith(_bugs[i].Guard, StringComparison.Ordinal))
            {
                return i + 1;
            }
        }

        return null;
    }

    private ReadOnlySpan<char> LineOf(string source, SequencePoint point)
    {
        if (!_sources.TryGetValue(source, out var lines))
        {
            var file = source.StartsWith("core/", StringComparison.Ordinal) ? source : $"gateway-api/{source}";
            _sources[source] = lines = File.ReadAllLines(Path.Combine(RootFolder(), file));
        }

        return lines[point.StartLine - 1].AsSpan().Trim();
    }

    // Symbols of a release do not tell where their sources are; those of tests do.
    private static string RootFolder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..");

    /// <summary>The path below the front end's folder, or with the folder of another project; <see langword="null"/>: no file of ours, or a generated one.</summary>
    private static string? SourceOf(string path)
    {
        path = path.Replace('\\', '/');
        foreach (var (folder, kept) in Folders)
        {
            if (path.LastIndexOf(folder, StringComparison.Ordinal) is >= 0 and var at)
            {
                var source = path[(at + kept)..];
                return source.Contains("obj/", StringComparison.Ordinal) ? null : source;
            }
        }

        return null;
    }

    // Lambdas, iterators and local functions have names made from the method they stand in.
    private static string SourceNameOf(MethodDefinition method)
    {
        if (method.Name.StartsWith('<') && method.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end)
        {
            return method.Name[1..end];
        }

        var type = method.DeclaringType;
        return type.CustomAttributes.Any(static a => a.AttributeType.Name == nameof(CompilerGeneratedAttribute)) && type.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var close
            ? type.Name[1..close]
            : method.Name;
    }

    private readonly record struct Holder(TypeDefinition Type, FieldDefinition Hits, FieldDefinition Planted);
}
