using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Rename;

namespace QLoraGen.CodeFixes;

/// <summary>Moves a layer from a field into a partial property, under a property's name wherever it is used.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LayerToProperty() : NodeFix<VariableDeclaratorSyntax>("Declare it as a partial property", "QLG104")
{
    /// <inheritdoc/>
    protected override bool CanFix(VariableDeclaratorSyntax node, Diagnostic diagnostic) =>
        node.Parent is VariableDeclarationSyntax { Variables.Count: 1, Parent: FieldDeclarationSyntax } && node.Initializer is not null;

    /// <inheritdoc/>
    protected override async Task<Solution> FixAsync(
        Document document, SyntaxNode root, VariableDeclaratorSyntax node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        string field = node.Identifier.ValueText.TrimStart('_');
        string name = char.ToUpperInvariant(field[0]) + field.Substring(1);
        var mark = new SyntaxAnnotation();
        document = document.WithSyntaxRoot(root.ReplaceNode(node, node.WithAdditionalAnnotations(mark)));

        SemanticModel semantics = (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!;
        SyntaxNode marked = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!.GetAnnotatedNodes(mark).Single();
        Solution renamed = await Renamer.RenameSymbolAsync(
            document.Project.Solution, semantics.GetDeclaredSymbol(marked, cancellation)!, new SymbolRenameOptions(), name, cancellation).ConfigureAwait(false);

        document = renamed.GetDocument(document.Id)!;
        root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        var declarator = (VariableDeclaratorSyntax)root.GetAnnotatedNodes(mark).Single();
        var declaration = (VariableDeclarationSyntax)declarator.Parent!;
        SyntaxNode old = declaration.Parent!;
        string layer = declaration.Type.WithoutTrivia().ToString();
        MemberDeclarationSyntax property = SyntaxFactory.ParseMemberDeclaration($"public partial {layer} {name} {{ get; }} {declarator.Initializer};")!
            .WithLeadingTrivia(old.GetLeadingTrivia()).WithTrailingTrivia(old.GetTrailingTrivia());
        return document.WithSyntaxRoot(root.ReplaceNode(old, property)).Project.Solution;
    }
}
